use std::os::unix::fs::symlink;

use tempfile::TempDir;

use super::*;

/// Goes on looking, each time a little later, until what changed stands still.
fn settle(files: &mut Files, now: &mut Instant) -> SystemTime {
    for _ in 0..100 {
        *now += Duration::from_millis(100);
        if let Look::Changed(at) = files.look(*now) {
            return at;
        }
    }
    panic!("nothing was noticed");
}

fn still(files: &mut Files, now: &mut Instant) {
    *now += GONE;
    assert_eq!(files.look(*now), Look::Same);
}

fn watched(name: &str, bytes: &[u8]) -> (TempDir, PathBuf, Files, Instant) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("written");
    let now = Instant::now();
    let files = Files::new(vec![path.clone()], now);
    (folder, path, files, now)
}

#[test]
fn a_file_that_is_renamed_over_is_noticed_even_with_the_same_size_and_time() {
    let (folder, path, mut files, mut now) = watched("a.wasm", b"old");
    still(&mut files, &mut now);
    let new = folder.path().join("new");
    fs::write(&new, b"new").expect("written");
    let time = fs::metadata(&path).and_then(|of| of.modified()).expect("a time");
    fs::File::options().write(true).open(&new).and_then(|file| file.set_modified(time)).expect("set");
    fs::rename(new, path).expect("renamed");
    let at = settle(&mut files, &mut now);
    assert!(at.elapsed().is_ok_and(|ago| ago < Duration::from_secs(60)));
    still(&mut files, &mut now);
}

#[test]
fn a_file_that_is_written_in_place_is_read_when_it_stands_still() {
    let (_folder, path, mut files, mut now) = watched("a.wasm", b"old");
    for part in 1..5 {
        fs::write(&path, vec![b'x'; 10 * part]).expect("written");
        now += STILL;
        assert_eq!(files.look(now), Look::Moving, "it has just changed");
    }
    settle(&mut files, &mut now);
    still(&mut files, &mut now);
}

#[test]
fn a_link_that_is_switched_is_noticed() {
    let folder = tempfile::tempdir().expect("a folder");
    let (first, second) = (folder.path().join("v1.wasm"), folder.path().join("v2.wasm"));
    fs::write(&first, b"one").expect("written");
    fs::write(&second, b"two").expect("written");
    let (link, new) = (folder.path().join("a.wasm"), folder.path().join("new"));
    symlink(&first, &link).expect("linked");
    let mut now = Instant::now();
    let mut files = Files::new(vec![link.clone()], now);
    symlink(&second, &new).expect("linked");
    fs::rename(&new, &link).expect("switched");
    settle(&mut files, &mut now);
    symlink(&first, &new).expect("linked");
    fs::rename(&new, &link).expect("switched back");
    settle(&mut files, &mut now);
}

#[test]
fn a_config_map_whose_data_folder_is_switched_is_noticed() {
    // As Kubernetes does it: a.wasm -> ..data/a.wasm, ..data -> ..<time>, and a rename over ..data.
    let folder = tempfile::tempdir().expect("a folder");
    let version = |name: &str, bytes: &[u8]| {
        fs::create_dir(folder.path().join(name)).expect("made");
        fs::write(folder.path().join(name).join("a.wasm"), bytes).expect("written");
    };
    version("..1", b"old");
    symlink("..1", folder.path().join("..data")).expect("linked");
    let path = folder.path().join("a.wasm");
    symlink("..data/a.wasm", &path).expect("linked");
    let mut now = Instant::now();
    let mut files = Files::new(vec![path.clone()], now);
    still(&mut files, &mut now);
    version("..2", b"new");
    symlink("..2", folder.path().join("..data_tmp")).expect("linked");
    fs::rename(folder.path().join("..data_tmp"), folder.path().join("..data")).expect("switched");
    fs::remove_dir_all(folder.path().join("..1")).expect("removed");
    settle(&mut files, &mut now);
    assert_eq!(fs::read(path).expect("read"), b"new");
}

#[test]
fn a_file_that_is_gone_for_a_moment_is_waited_for() {
    let (_folder, path, mut files, mut now) = watched("a.wasm", b"old");
    fs::remove_file(&path).expect("removed");
    assert_eq!(files.look(now), Look::Moving);
    now += GONE / 2;
    assert_eq!(files.look(now), Look::Moving);
    fs::write(&path, b"new").expect("written");
    assert_eq!(files.look(now), Look::Moving);
    settle(&mut files, &mut now);
    fs::remove_file(&path).expect("removed");
    settle(&mut files, &mut now);
    fs::write(&path, b"back").expect("written");
    settle(&mut files, &mut now);
}

#[test]
fn other_files_are_watched_from_when_they_are_named() {
    let (folder, path, mut files, mut now) = watched("a.wasm", b"old");
    let other = folder.path().join("b.wasm");
    fs::write(&other, b"b").expect("written");
    fs::write(&path, b"changed meanwhile").expect("written");
    files.watch(vec![other.clone(), path]);
    settle(&mut files, &mut now);
    fs::write(&other, b"changed").expect("written");
    settle(&mut files, &mut now);
    fs::write(&other, b"changed again").expect("written");
    files.reading();
    still(&mut files, &mut now);
}
