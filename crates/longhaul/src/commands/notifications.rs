//! `longhaul notifications`: what was to be told, and what became of it.

use longhaul_api::{Delivery, Notification};

use super::{Context, Outcome};
use crate::args::NotificationsArguments;
use crate::clock;
use crate::daemon_link::Link;
use crate::exit;
use crate::output::{Table, age, plain};

pub(super) async fn run(context: &Context, arguments: &NotificationsArguments) -> Outcome {
    let link = Link::open(&context.settings).await?;
    let task = arguments.id.map(|id| id.get());
    let ask = async |client: &longhaul_api::client::Client| client.notifications(task, None, arguments.limit).await;
    let page = link.ask(ask).await?;
    if arguments.json {
        context.screen.json(&page)?;
        return Ok(exit::DONE);
    }
    if page.notifications.is_empty() {
        context.screen.talk("nothing was to be told");
        return Ok(exit::DONE);
    }
    let mut table = Table::new(["TASK", "WHAT", "AGE", "TO", "STATE", "TRIES", "DETAIL"]);
    for notification in &page.notifications {
        for delivery in &notification.deliveries {
            table.row(row(notification, Some(delivery)));
        }
        if notification.deliveries.is_empty() {
            table.row(row(notification, None));
        }
    }
    let lines = table.lines(context.screen);
    lines.iter().try_for_each(|line| context.screen.line(line))?;
    if page.next.is_some() {
        context.screen.hint("there are more: --limit N");
    }
    Ok(exit::DONE)
}

fn row(notification: &Notification, delivery: Option<&Delivery>) -> [String; 7] {
    let of = |text: fn(&Delivery) -> String| delivery.map_or(String::new(), text);
    let nobody = if notification.settled_at.is_some() {
        "nobody"
    } else {
        ""
    };
    [
        notification.task.to_string(),
        plain(notification.occasion.as_str()),
        age(notification.at, clock::now()),
        delivery.map_or(nobody.to_owned(), |delivery| plain(&delivery.channel)),
        of(|delivery| plain(&delivery.state)),
        of(|delivery| delivery.tries.to_string()),
        of(|delivery| plain(delivery.detail.as_deref().unwrap_or_default())),
    ]
}
