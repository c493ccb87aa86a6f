//! What is written back: values that take the place of those of the same name, and leave all others
//! in a file as they are.
//!
//! A PuTTY file on Unix and a file of regedit are changed line by line, so that lines that nothing
//! here knows stay, in their order.

/// A value to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WrittenValue {
    /// A text on one line.
    Text(String),
    /// A number.
    Number(i32),
}

/// A value with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenField {
    /// The name, as PuTTY writes it.
    pub name: String,
    /// The value.
    pub value: WrittenValue,
    /// Whether it is PuTTY's default, which needs to be written only over another value.
    pub is_default: bool,
}

impl WrittenField {
    /// A text; the empty one is the default.
    pub fn text(name: &str, text: &str) -> WrittenField {
        let value = WrittenValue::Text(text.to_owned());
        WrittenField { name: name.to_owned(), value, is_default: text.is_empty() }
    }

    /// A number, and PuTTY's default for it.
    pub fn number(name: &str, number: i32, default: i32) -> WrittenField {
        let value = WrittenValue::Number(number);
        WrittenField { name: name.to_owned(), value, is_default: number == default }
    }

    /// The field, written even if it is the default.
    #[must_use]
    pub fn always(mut self) -> WrittenField {
        self.is_default = false;
        self
    }
}

/// The text of a PuTTY file on Unix with these values in it. Of several lines with one name the
/// first counts, and is the one that changes.
pub fn merged_settings(old: &[u8], fields: &[WrittenField]) -> Vec<u8> {
    let mut left: Vec<&WrittenField> = fields.iter().collect();
    let mut out = Vec::with_capacity(old.len());
    for line in old.split_inclusive(|&byte| byte == b'\n') {
        let end = line.iter().position(|byte| b"\r\n".contains(byte)).unwrap_or(line.len());
        let name = line[..end].split(|&byte| byte == b'=').next().unwrap_or_default();
        let place = left.iter().position(|field| field.name.as_bytes() == name);
        match place.filter(|_| line[..end].contains(&b'=')) {
            Some(place) => {
                out.extend(settings_line(left.remove(place)));
                out.push(b'\n');
            }
            None => out.extend_from_slice(line),
        }
    }
    let left = left.iter().filter(|field| !field.is_default);
    for field in left {
        if !out.is_empty() && !out.ends_with(b"\n") {
            out.push(b'\n');
        }
        out.extend(settings_line(field));
        out.push(b'\n');
    }
    out
}

fn settings_line(field: &WrittenField) -> Vec<u8> {
    let value = match &field.value {
        WrittenValue::Text(text) => text.clone(),
        WrittenValue::Number(number) => number.to_string(),
    };
    format!("{}={value}", field.name).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_named_lines_of_a_file_change() {
        let old = b"Font=fixed\nHostName=old\r\nno equals\nHostName=second\nPort=2\nRemote=x";
        let fields = [
            WrittenField::text("HostName", "new=1"),
            WrittenField::number("Port", 22, 22),
            WrittenField::text("Remote", ""),
            WrittenField::text("Absent", ""),
            WrittenField::number("Protocol", 0, 0).always(),
            WrittenField::text("Added", "y"),
        ];
        let wanted = b"Font=fixed\nHostName=new=1\nno equals\nHostName=second\nPort=22\nRemote=\n\
                       Protocol=0\nAdded=y\n";
        let merged = merged_settings(old, &fields);
        assert_eq!(String::from_utf8(merged.clone()), String::from_utf8(wanted.to_vec()));
        assert_eq!(merged_settings(&merged, &fields), merged);
    }
}
