//! Languages are told apart, values are put in, and a text without variables has none.

use super::*;

#[test]
fn values_are_put_in_and_languages_are_told_apart() {
    assert_eq!(say_in!(Language::English, keys_hint, keys = "Enter", does = "x"), "Enter x");
    assert_eq!(say_in!(Language::English, yes), "Yes");
    assert_eq!(say_in!(Language::Japanese, yes), "はい");
    testing::in_each_language(|language| {
        assert_eq!(texts::yes.to_string(), texts::yes.in_language(language));
    });
    for (locale, language) in [
        ("ja", Some(Language::Japanese)),
        ("ja_JP.UTF-8", Some(Language::Japanese)),
        ("en-GB", Some(Language::English)),
        ("C.UTF-8", Some(Language::English)),
        ("fr_FR", None),
        ("", None),
    ] {
        assert_eq!(Language::named(locale), language, "{locale}");
    }
}
