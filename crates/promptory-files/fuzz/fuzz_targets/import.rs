//! Bytes as an archive, and as the files of other tools: taken or refused, within limits.
#![no_main]

use libfuzzer_sys::fuzz_target;
use promptory_files::{Form, Group, Options, archive, layout, read};

fuzz_target!(|data: &[u8]| {
    let Some((form, rest)) = data.split_first() else { return };
    if form % 5 == 4 {
        let mut files = Vec::new();
        let limits = archive::Limits { unpacked_bytes: 1 << 20, file_bytes: 1 << 18, ..archive::LIMITS };
        let taken = archive::read(rest, &limits, |path, bytes| {
            assert!(bytes.len() <= 1 << 18 && !path.starts_with('/') && !path.split('/').any(|part| part == ".."));
            files.push((path.to_owned(), bytes));
            Ok(())
        });
        if taken.is_ok() {
            for group in layout(files.iter().map(|(path, _)| path.as_str())).groups {
                let _ = read(&group, &files, &Options::default());
            }
        }
        return;
    }
    let (form, path) = [
        (Form::Markdown, "a.md"),
        (Form::Dotprompt, "a.prompt"),
        (Form::Prompty, "a.prompty"),
        (Form::History, "a.jsonl"),
    ][usize::from(form % 5)];
    let group = Group { form, paths: vec![path.to_owned()] };
    let (prompt, refused) = read(&group, &[(path.to_owned(), rest.to_vec())], &Options::default());
    assert!(prompt.is_some() != !refused.is_empty());
});
