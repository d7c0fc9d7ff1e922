//! The suite that defines a store: every database must pass it.
//!
//! Each function in this folder is one sentence about stores. A database runs them all by naming a [`Home`] in
//! [`store_suite!`](crate::store_suite). After each sentence the whole store is checked for what always holds
//! ([`StoreWorld::check`]).

pub mod agents;
pub mod attempts;
pub mod editing;
pub mod events;
pub mod lists;
pub mod notifying;
pub mod pruning;
pub mod queues;
pub mod repeating;
pub mod submitting;
pub mod transitions;
mod world;

pub use world::{Home, StoreWorld, at, claimed, command, ended, failed, new_task, queue, succeeded};

/// Runs one sentence in a world of its own.
pub fn run(home: impl Home + 'static, sentence: impl AsyncFnOnce(&mut StoreWorld)) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let mut world = StoreWorld::new(Box::new(home));
        sentence(&mut world).await;
        world.check().await;
    });
}

/// One test for each sentence of the suite. `$home` is evaluated anew for each.
#[macro_export]
macro_rules! store_suite {
    ($home:expr) => {
        $crate::store_suite! { @all $home;
            submitting {
                a_submitted_task_reads_back_whole
                a_submit_survives_reopening
                fifty_submits_at_once_are_all_there
                ids_grow_and_are_never_given_out_twice
                a_first_use_creates_the_queue
                held_timed_and_unprobed_tasks_wait
                the_same_key_and_request_find_the_same_task
                the_same_key_with_another_request_is_refused
                an_unknown_dependency_is_refused
                a_completed_dependency_is_met
                an_open_dependency_is_waited_for
                a_broken_dependency_fails_the_task_at_once
                an_unknown_parent_is_refused
                tasks_inside_tasks_have_a_depth_limit
                a_root_has_a_limit_of_descendants
                children_and_descendants_are_found
                an_environment_is_shared_and_read_back
                the_environment_of_an_unknown_task_is_refused
                any_text_is_kept_byte_for_byte
                a_refused_submit_leaves_nothing
            }
            transitions {
                what_is_not_there_cannot_be_told_anything
                a_full_life_is_stored_step_by_step
                a_terminal_state_never_changes
                a_late_exit_does_not_undo_a_cancel
                news_of_an_older_attempt_is_stale
                a_claim_needs_the_boot_it_is_made_on
                of_two_claims_at_once_one_wins
                a_claim_and_a_cancel_at_once_leave_one_story
                a_dependent_is_released_by_its_dependency
                several_are_told_at_once_and_each_stands_alone
                a_deadline_fails_what_waits
            }
            attempts {
                a_claim_opens_an_attempt_and_counts_the_time_in_line
                a_clock_set_back_gives_no_negative_time
                a_retry_is_a_second_attempt_with_facts_of_its_own
                a_claim_that_never_started_is_taken_back
                a_canceled_claim_that_never_started_is_canceled
                facts_belong_to_the_fence_that_owns_the_task
                facts_add_to_what_is_known_and_replace_nothing_else
                the_first_time_a_tree_refused_to_die_is_kept_until_it_does
                facts_that_are_known_already_are_no_event
                facts_of_a_finished_task_do_not_change
                facts_of_an_unknown_task_are_refused
            }
            repeating {
                a_retry_is_linked_both_ways
                the_whole_chain_names_its_newest
                an_active_task_is_not_repeated
                a_completed_task_is_repeated_only_by_force
                only_one_task_of_a_chain_is_active
                two_retries_at_once_give_one_task
                an_unknown_task_is_not_repeated
                a_retried_failure_needs_nobody
                an_acknowledged_failure_needs_nobody
                acknowledging_an_unknown_task_acknowledges_none
                acknowledging_passes_over_active_tasks
            }
            editing {
                an_edit_changes_all_that_is_asked
                an_edit_keeps_the_place_in_line
                a_started_task_is_not_edited
                an_edit_may_make_it_wait_and_ready_again
                an_edit_cannot_depend_on_what_is_not_there
                a_task_cannot_wait_for_itself
                a_cycle_is_refused_with_its_path
                an_edit_to_a_broken_dependency_fails_it
                a_changed_number_of_retries_counts
                the_front_of_the_line_is_before_all_others
                a_running_task_is_in_no_line
            }
            lists {
                pages_are_newest_first_without_gap_or_double
                a_filter_finds_what_fits_and_nothing_else
                filters_narrow_each_other
                a_state_page_merges_states_in_order
                a_search_finds_beginnings_of_words
                a_search_follows_edits_and_summaries
                no_search_text_is_an_error
                active_tasks_are_exactly_those_not_over
                counts_follow_every_change
            }
            events {
                every_change_has_one_event_and_no_gap
                the_watcher_hears_of_each_commit
                events_are_read_in_pages
                the_sequence_goes_on_after_reopening
                the_store_keeps_its_name
            }
            queues {
                the_default_queue_is_there
                a_queue_is_created_and_changed
                limits_over_all_queues_are_kept
            }
            notifying {
                an_end_is_written_down_as_the_policy_wants
                an_end_without_a_run_is_written_down_too
                a_notification_is_settled_when_nothing_is_pending
                only_what_is_due_is_handed_out
                a_notification_without_channels_is_settled_at_once
                the_log_is_read_in_pages
                notifications_go_with_their_task
            }
            agents {
                a_final_message_is_kept_byte_for_byte_and_found
                the_newest_task_of_a_session_is_found
                a_completion_waits_until_somebody_takes_it
            }
            pruning {
                old_finished_tasks_go_and_the_newest_stay
                active_tasks_are_never_pruned
                what_an_active_task_needs_stays
                a_pruned_id_is_never_given_out_again
                a_pruned_task_leaves_no_trace_but_its_number
                pruning_goes_in_small_steps
                events_go_from_the_old_end_only
                a_protected_old_task_does_not_cost_a_newer_one
            }
        }
    };
    (@all $home:expr; $($group:ident { $($sentence:ident)* })*) => {
        $(mod $group {
            use super::*;
            $(
                #[test]
                fn $sentence() {
                    $crate::store_suite::run($home, $crate::store_suite::$group::$sentence);
                }
            )*
        })*
    };
}

#[cfg(test)]
mod tests {
    /// A sentence that is in no list would never be run.
    #[test]
    fn every_sentence_is_in_the_list() {
        let list: Vec<_> = include_str!("mod.rs").lines().map(str::trim).collect();
        for (group, file) in [
            ("attempts", include_str!("attempts.rs")),
            ("editing", include_str!("editing.rs")),
            ("events", include_str!("events.rs")),
            ("lists", include_str!("lists.rs")),
            ("notifying", include_str!("notifying.rs")),
            ("pruning", include_str!("pruning.rs")),
            ("queues", include_str!("queues.rs")),
            ("repeating", include_str!("repeating.rs")),
            ("submitting", include_str!("submitting.rs")),
            ("transitions", include_str!("transitions.rs")),
        ] {
            let sentences = file.lines().filter_map(|line| line.strip_prefix("pub async fn "));
            for sentence in sentences.filter_map(|line| line.split_once('(')).map(|(name, _)| name) {
                assert!(list.contains(&sentence), "{group}::{sentence}");
            }
        }
    }
}
