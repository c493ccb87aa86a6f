//! Writes a [`Profile`] into the text of its file and touches only what changes, so that comments,
//! order, unknown keys and the user's formatting stay.

use toml_edit::{Array, DocumentMut, Item, Key, Table, TableLike, Value as Toml, value};

use crate::profiles::profile::{Profile, Value};

/// Changes the document, which holds `old`, to hold `new`.
pub(super) fn merge(document: &mut DocumentMut, old: &Profile, new: &Profile) {
    for ((field, before), (_, after)) in old.fields().into_iter().zip(new.fields()) {
        if before == after {
            continue;
        }
        match field.split_once('.') {
            Some((table, name)) => within(document, table, |inner| put(inner, name, after)),
            None => match after {
                Value::Table(pairs) => within(document, field, |inner| put_pairs(inner, &pairs)),
                Value::Unset => {
                    document.remove(field);
                }
                after => put(document.as_table_mut(), field, after),
            },
        }
    }
}

/// Changes a table of the file; creates it if it is missing and removes it if it becomes empty.
fn within(document: &mut DocumentMut, name: &str, change: impl FnOnce(&mut dyn TableLike)) {
    let item = document.entry(name).or_insert_with(|| Item::Table(Table::new()));
    let Some(table) = item.as_table_like_mut() else { return };
    change(table);
    if table.is_empty() {
        document.remove(name);
    }
}

fn put(table: &mut dyn TableLike, name: &str, new: Value) {
    let mut new = match new {
        Value::Unset | Value::Table(_) => {
            table.remove(name);
            return;
        }
        Value::Text(text) => Toml::from(text),
        Value::Number(number) => Toml::from(i64::from(number)),
        Value::Flag(flag) => Toml::from(flag),
        // One method is written as a plain string; brackets mark a chain.
        Value::List(list) if name == "method" && list.len() == 1 => Toml::from(list[0].clone()),
        Value::List(list) => Toml::Array(list.into_iter().collect::<Array>()),
    };
    match table.get_mut(name).and_then(Item::as_value_mut) {
        Some(old) => {
            // Keep what surrounds the old value, such as a comment after it.
            *new.decor_mut() = old.decor().clone();
            *old = new;
        }
        None => {
            table.insert(name, value(new));
        }
    }
}

fn put_pairs(table: &mut dyn TableLike, pairs: &[(String, String)]) {
    let gone: Vec<String> = table
        .iter()
        .map(|(name, _)| name.to_owned())
        .filter(|name| pairs.iter().all(|(wanted, _)| wanted != name))
        .collect();
    for name in gone {
        table.remove(&name);
    }
    for (name, text) in pairs {
        if table.get(name).and_then(Item::as_str) != Some(text) {
            put(table, Key::new(name).get(), Value::Text(text.clone()));
        }
    }
}
