use super::*;

fn pack(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new());
    for (path, bytes) in files {
        writer.add(path, bytes, 1).unwrap();
    }
    writer.finish().unwrap()
}

fn unpack(bytes: &[u8], limits: &Limits) -> Result<Vec<(String, Vec<u8>)>, ArchiveError> {
    let mut files = Vec::new();
    read(bytes, limits, |path, bytes| {
        files.push((path.to_owned(), bytes));
        Ok(())
    })?;
    Ok(files)
}

/// An archive with one entry made by hand.
fn forged(kind: EntryType, path: &[u8], link: &str, bytes: &[u8]) -> Vec<u8> {
    let mut tar = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(bytes.len() as u64);
    header.as_mut_bytes()[..path.len()].copy_from_slice(path);
    if !link.is_empty() {
        header.set_link_name(link).unwrap();
    }
    header.set_cksum();
    tar.append(&header, bytes).unwrap();
    tar.into_inner().unwrap().finish().unwrap()
}

fn why(bytes: &[u8], limits: &Limits) -> String {
    unpack(bytes, limits).unwrap_err().to_string()
}

#[test]
fn files_come_back_and_the_same_files_give_the_same_bytes() {
    let long = format!("prompts/{}/1.0.0.md", "x".repeat(180));
    let files: [(&str, &[u8]); 3] =
        [("promptory.yaml", b"format: 1\n"), (&long, b""), ("prompts/é/prompt.yaml", &[0; 70_000])];
    let packed = pack(&files);
    assert_eq!(packed, pack(&files));
    let back = unpack(&packed, &LIMITS).unwrap();
    assert_eq!(back.len(), 3);
    for ((path, bytes), (other, others)) in files.iter().zip(&back) {
        assert!(path == other && bytes == others);
    }
    assert!(unpack(&pack(&[]), &LIMITS).unwrap().is_empty());
}

#[test]
fn what_could_harm_is_refused() {
    assert!(why(&forged(EntryType::Symlink, b"a", "/etc/passwd", b""), &LIMITS).contains("a link"));
    assert!(why(&forged(EntryType::Link, b"a", "b", b""), &LIMITS).contains("a link"));
    assert!(why(&forged(EntryType::Fifo, b"a", "", b""), &LIMITS).contains("a device"));
    for path in ["../a", "a/../../b", "/etc/passwd", "a//b", "a/./b", "a\\b", "a\nb"] {
        assert!(unpack(&forged(EntryType::Regular, path.as_bytes(), "", b"x"), &LIMITS).is_err(), "{path}");
    }
    assert!(why(&forged(EntryType::Regular, b"a\xff", "", b"x"), &LIMITS).contains("UTF-8"));
    assert!(why(&pack(&[("a", b"1"), ("a", b"2")]), &LIMITS).contains("twice"));
    assert_eq!(unpack(&forged(EntryType::Regular, b"./a", "", b"x"), &LIMITS).unwrap()[0].0, "a");
}

#[test]
fn every_limit_holds() {
    let small =
        Limits { compressed_bytes: 2_000, unpacked_bytes: 1_000, file_bytes: 600, files: 2, path_bytes: 50 };
    assert!(why(&pack(&[("a", &[0; 601])]), &small).contains("at most 600"));
    assert!(why(&pack(&[("a", &[0; 600]), ("b", &[0; 600])]), &small).contains("1000 bytes"));
    assert!(why(&pack(&[("a", b""), ("b", b""), ("c", b"")]), &small).contains("2 files"));
    assert!(why(&pack(&[(&"a".repeat(51), b"")]), &small).contains("too long"));
    let noise: Vec<u8> = (0..5_000_u32).flat_map(|n| Sha(n).bytes()).take(5_000).collect();
    assert!(
        why(&pack(&[("a", &noise)]), &Limits { file_bytes: 10_000, unpacked_bytes: 10_000, ..small })
            .contains("split")
    );
}

/// Bytes that do not pack.
struct Sha(u32);

impl Sha {
    fn bytes(&self) -> Vec<u8> {
        use sha2::{Digest, Sha256};
        Sha256::digest(self.0.to_le_bytes()).to_vec()
    }
}

#[test]
fn bombs_do_not_unpack() {
    // The name of the next file, as long as one likes.
    let zeros = vec![b'a'; 64 * 1024 * 1024];
    assert!(why(&forged(EntryType::GNULongName, b"././@LongLink", "", &zeros), &LIMITS).contains("split"));
    assert!(why(&forged(EntryType::XHeader, b"x", "", &zeros), &LIMITS).contains("split"));
    // Something behind the end.
    let mut tar = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    tar.finish().unwrap();
    let mut gzip = tar.into_inner().unwrap();
    gzip.write_all(&zeros).unwrap();
    assert!(why(&gzip.finish().unwrap(), &LIMITS).contains("split"));
}

#[test]
fn damaged_and_cut_archives_are_noticed() {
    let packed = pack(&[("a", &[7; 3_000]), ("b", b"x")]);
    assert!(unpack(b"no archive", &LIMITS).is_err());
    assert!(unpack(b"", &LIMITS).is_err());
    for end in 1..packed.len() {
        assert!(unpack(&packed[..end], &LIMITS).is_err(), "cut at {end}");
    }
    for at in 10..packed.len() {
        let mut bytes = packed.clone();
        bytes[at] ^= 1;
        // Some bits of a compressed file mean nothing; none may give another text unnoticed.
        if let Ok(files) = unpack(&bytes, &LIMITS) {
            assert_eq!(files, unpack(&packed, &LIMITS).unwrap(), "bit of {at}");
        }
    }
}
