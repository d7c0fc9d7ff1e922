//! Figures of what was spent: adding up attempts, and taking out what an earlier run of the same session had spent.

use longhaul_agents::UsageScope;
use longhaul_model::Usage;

/// Both together; nothing only if neither is known.
pub(super) fn sum(one: Option<&Usage>, other: Option<&Usage>) -> Option<Usage> {
    let (Some(one), Some(other)) = (one, other) else {
        return one.or(other).cloned();
    };
    let tokens = |one: Option<u64>, other: Option<u64>| match (one, other) {
        (Some(one), Some(other)) => Some(one.saturating_add(other)),
        (one, other) => one.or(other),
    };
    Some(Usage {
        input_tokens: tokens(one.input_tokens, other.input_tokens),
        cached_input_tokens: tokens(one.cached_input_tokens, other.cached_input_tokens),
        output_tokens: tokens(one.output_tokens, other.output_tokens),
        reasoning_tokens: tokens(one.reasoning_tokens, other.reasoning_tokens),
        cost_usd: match (one.cost_usd, other.cost_usd) {
            (Some(one), Some(other)) => Some(one + other),
            (one, other) => one.or(other),
        },
    })
}

/// What one attempt spent, of what its agent tells. `is_resumed` with nothing `earlier` means that nobody knows what the
/// session had cost before; then what counts the session is not told at all.
pub(super) fn of_attempt(told: &Usage, scope: UsageScope, earlier: Option<&Usage>, is_resumed: bool) -> Usage {
    let earlier = match (earlier, is_resumed) {
        (Some(earlier), _) => Some(earlier.clone()),
        (None, false) => Some(Usage::default()),
        (None, true) => None,
    };
    let tokens = |pick: fn(&Usage) -> Option<u64>| {
        let earlier = earlier.as_ref()?;
        Some(pick(told)?.saturating_sub(pick(earlier).unwrap_or(0)))
    };
    let cost_usd = earlier.as_ref().and_then(|earlier| {
        // Money is told in fractions: what is less than nothing is nothing.
        Some((told.cost_usd? - earlier.cost_usd.unwrap_or(0.0)).max(0.0))
    });
    match scope {
        UsageScope::Run => told.clone(),
        UsageScope::RunWithSessionCost => Usage {
            cost_usd,
            ..told.clone()
        },
        UsageScope::Session => Usage {
            input_tokens: tokens(|usage| usage.input_tokens),
            cached_input_tokens: tokens(|usage| usage.cached_input_tokens),
            output_tokens: tokens(|usage| usage.output_tokens),
            reasoning_tokens: tokens(|usage| usage.reasoning_tokens),
            cost_usd,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(input: u64, cost: f64) -> Usage {
        Usage {
            input_tokens: Some(input),
            cost_usd: Some(cost),
            ..Usage::default()
        }
    }

    #[test]
    fn what_the_session_had_cost_before_is_not_this_runs() {
        let told = usage(300, 0.75);
        let earlier = usage(100, 0.5);
        let of = |scope| of_attempt(&told, scope, Some(&earlier), true);
        assert_eq!(of(UsageScope::Session), usage(200, 0.25));
        assert_eq!(of(UsageScope::RunWithSessionCost), usage(300, 0.25));
        assert_eq!(of(UsageScope::Run), told);
    }

    #[test]
    fn what_a_foreign_session_had_cost_before_is_not_guessed() {
        let told = usage(300, 0.75);
        assert_eq!(of_attempt(&told, UsageScope::Session, None, true), Usage::default());
        assert_eq!(of_attempt(&told, UsageScope::Session, None, false), told);
    }

    #[test]
    fn attempts_add_up_and_what_is_not_known_does_not_count() {
        let both = sum(Some(&usage(1, 0.5)), Some(&usage(2, 0.25)));
        assert_eq!(both, Some(usage(3, 0.75)));
        assert_eq!(sum(None, Some(&usage(2, 0.25))), Some(usage(2, 0.25)));
        assert_eq!(sum(None, None), None);
    }
}
