//! What people and programs see: data on standard output, talk on standard error.

mod activity;
mod colour;
mod live;
mod plain;
mod records;
mod review_report;
#[cfg(test)]
pub(crate) mod sample;
mod screen;
mod sentence;
mod table;
mod task_page;
mod times;

pub(crate) use activity::activity_lines;
pub(crate) use live::Live;
pub(crate) use plain::{plain, plain_lines, quoted_path};
pub(crate) use records::Records;
pub(crate) use review_report::review_report;
pub(crate) use screen::Screen;
pub(crate) use sentence::{progress_line, task_line, tasks_as_words};
pub(crate) use table::{Table, task_table};
pub(crate) use task_page::task_page;
pub(crate) use times::{age, length};
