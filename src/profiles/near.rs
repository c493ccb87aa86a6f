//! Names similar to a misspelt one.

/// The most characters of a name that are compared for similarity.
const MAX_COMPARED: usize = 64;

/// The names that are similar to the wanted one, the most similar first, at most `most`.
pub fn most_similar(wanted: &str, names: impl Iterator<Item = String>, most: usize) -> Vec<String> {
    let short = |text: &str| text.to_lowercase().chars().take(MAX_COMPARED).collect::<Vec<_>>();
    let wanted = short(wanted);
    let mut near: Vec<(usize, String)> =
        names.filter_map(|name| distance(&wanted, &short(&name)).map(|far| (far, name))).collect();
    near.sort();
    near.dedup();
    near.into_iter().map(|(_, name)| name).take(most).collect()
}

/// The edit distance of two names; `None` if they are too different for a typing mistake.
fn distance(one: &[char], other: &[char]) -> Option<usize> {
    let most = (one.len().max(other.len()) / 3).clamp(1, 3);
    if !one.is_empty() && other.windows(one.len()).any(|part| part == one) {
        return Some(most);
    }
    edits(one, other, most)
}

/// How many edits make one word of another, if at most so many.
pub fn typing_mistakes(one: &str, other: &str, most: usize) -> Option<usize> {
    let letters = |text: &str| text.chars().take(MAX_COMPARED).collect::<Vec<_>>();
    edits(&letters(one), &letters(other), most)
}

fn edits(one: &[char], other: &[char], most: usize) -> Option<usize> {
    if one.len().abs_diff(other.len()) > most {
        return None;
    }
    // An edit replaces, removes or inserts a letter, or swaps two neighbours.
    let mut before = Vec::new();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for at in 0..one.len() {
        let mut next = vec![at + 1];
        for there in 0..other.len() {
            let mut cost = row[there] + usize::from(one[at] != other[there]);
            cost = cost.min(row[there + 1] + 1).min(next[there] + 1);
            let swapped = at > 0 && there > 0 && one[at] == other[there - 1];
            if swapped && one[at - 1] == other[there] {
                cost = cost.min(before[there - 1] + 1);
            }
            next.push(cost);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().filter(|&far| far <= most)
}

#[cfg(test)]
mod tests {
    #[test]
    fn near_names_are_those_a_person_may_have_meant() {
        let names = ["web", "web-staging", "wiki", "db", "broken"].map(str::to_owned);
        let near = |wanted| super::most_similar(wanted, names.iter().cloned(), 5);
        assert_eq!(near("wbe"), ["web"], "two letters changed places");
        assert_eq!(near("wxb"), ["web"]);
        assert_eq!(near("xyb"), Vec::<String>::new(), "of three letters one may differ");
        assert_eq!(near("WEB"), ["web", "web-staging"]);
        assert_eq!(near("broke"), ["broken"]);
        assert_eq!(near("nothing-like-it"), Vec::<String>::new());
    }
}
