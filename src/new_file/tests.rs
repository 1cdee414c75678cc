use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::process::Command;

use super::*;

fn write(path: &Path, text: &str) -> Result<(), WriteError> {
    NewFile::at(path, |to| to.write_all(text.as_bytes()))?.publish()
}

fn names(folder: &Path) -> Vec<OsString> {
    let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    names
}

#[test]
fn a_file_that_takes_the_place_of_another_has_its_permissions() {
    let folder = tempfile::tempdir().unwrap();
    let (new, old) = (folder.path().join("new"), folder.path().join("old"));
    write(&new, "new").unwrap();
    fs::write(&old, "old").unwrap();
    assert_eq!(fs::metadata(&new).unwrap().mode(), fs::metadata(&old).unwrap().mode(), "of a new one");
    for mode in [0o600, 0o640, 0o666, 0o755] {
        fs::set_permissions(&old, fs::Permissions::from_mode(mode)).unwrap();
        let before = fs::metadata(&old).unwrap();
        write(&old, &format!("{mode:o}")).unwrap();
        let after = fs::metadata(&old).unwrap();
        let owned = |metadata: &fs::Metadata| (metadata.mode() & 0o7777, metadata.uid(), metadata.gid());
        assert_eq!(owned(&after), owned(&before));
        assert_eq!(fs::read_to_string(&old).unwrap(), format!("{mode:o}"));
    }
    assert_eq!(names(folder.path()), ["new", "old"]);
}

#[test]
fn links_are_followed_and_stay() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("inner")).unwrap();
    fs::write(at("inner/file"), "old").unwrap();
    fs::hard_link(at("inner/file"), at("other")).unwrap();
    symlink("inner", at("way")).unwrap();
    symlink("way/file", at("link")).unwrap();
    symlink("link", at("far")).unwrap();
    symlink("inner/absent", at("dangling")).unwrap();
    symlink("round", at("round")).unwrap();
    for (link, text) in [("link", "a"), ("far", "longer than before"), ("dangling", "c")] {
        write(&at(link), text).unwrap();
        assert!(at(link).is_symlink(), "{link}");
        assert_eq!(fs::read_to_string(at(link)).unwrap(), text);
    }
    assert_eq!(fs::read_to_string(at("other")).unwrap(), "longer than before", "the other name of the file");
    assert_eq!(fs::read_to_string(at("inner/absent")).unwrap(), "c");
    assert!(write(&at("round"), "d").unwrap_err().to_string().contains("circle"));
    assert_eq!(names(&at("inner")), ["absent", "file"]);
}

#[test]
fn a_pipe_is_written_through() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || fs::read_to_string(pipe).unwrap()
    });
    write(&pipe, "all of it").unwrap();
    assert_eq!(reader.join().unwrap(), "all of it");
    assert_eq!(names(folder.path()), ["pipe"]);
    assert_eq!(folder_beside(&pipe), std::env::temp_dir());
}

#[test]
fn whatever_a_file_is_called_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let odd: [&[u8]; 7] =
        [b"-o", b"--output=x", b"a\nb", b"not \xff UTF-8", "表\u{200b}格".as_bytes(), b" ", &[b'n'; 255]];
    for name in odd {
        let path = folder.path().join(OsString::from_vec(name.to_vec()));
        write(&path, "a").unwrap();
        write(&path, "b").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"b", "{path:?}");
    }
    assert_eq!(names(folder.path()).len(), odd.len());
}

#[test]
fn what_is_not_published_or_cannot_be_written_leaves_all_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("old");
    fs::write(&old, "old").unwrap();
    drop(NewFile::at(&old, |to| to.write_all(b"new")).unwrap());
    assert!(NewFile::at(&old, |_| Err(io::Error::other("no more"))).is_err());
    let table = [
        (folder.path().to_owned(), "it is a folder"),
        (folder.path().join(".."), "does not end in the name"),
        (old.join("within"), ""),
        (folder.path().join("n".repeat(256)), ""),
    ];
    for (path, said) in table {
        let refused = write(&path, "new").map_err(|error| error.to_string());
        assert!(refused.as_ref().is_err_and(|error| error.contains(said)), "{path:?} {refused:?}");
    }
    let within = NewFile::write(&old, "file", |_| Ok(())).map(|_| ()).unwrap_err();
    assert!(within.to_string().contains("it is no folder"), "{within}");
    assert_eq!((fs::read_to_string(&old).unwrap().as_str(), names(folder.path()).len()), ("old", 1));
}
