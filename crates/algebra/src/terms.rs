//! Sums of unknowns with weights.

/// Sorts the terms (unknown, weight) of a sum, and adds up those of the same unknown, in the order in which they came.
pub fn merge_terms(terms: &mut Vec<(u32, f64)>) {
    terms.sort_by_key(|term| term.0);
    terms.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_of_the_same_unknown_are_one() {
        let mut terms = vec![(3, 1.0), (1, 0.5), (3, 0.25), (1, -0.5), (2, 4.0)];
        merge_terms(&mut terms);
        assert_eq!(terms, [(1, 0.0), (2, 4.0), (3, 1.25)]);
    }
}
