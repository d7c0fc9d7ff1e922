// One page for the browser: the daemon serves files and an API, and renders nothing.
export const ssr = false;
export const prerender = false;
export const trailingSlash = 'never';
