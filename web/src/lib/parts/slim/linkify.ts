/** Stands for the package `linkify-it` in the page: our Markdown reader never turns words into links, so it is never asked. */
export class LinkifyIt {}
