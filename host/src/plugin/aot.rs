//! Compiled components on disk, so that only the first start with a plugin compiles it: 0.1 s for a small one, ten
//! seconds and more for an interpreter.
//!
//! The one place with `unsafe` code beside the number kernel and a clock: wasmtime executes what it loads here. So the
//! folder is ours alone (mode 0700, owned by this user), a file gets its name only when it is complete, and a file that
//! anybody names is never loaded: names are made from the digest of a component and the engine's version and settings.

use std::fs;
use std::hash::{BuildHasher, DefaultHasher, Hash, Hasher, RandomState};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use wasmtime::Engine;
use wasmtime::component::Component;

/// Compiled components that are kept: some pipelines' plugins, each in the versions of a day's work. The oldest go, and
/// are compiled anew where they are wanted again.
const KEPT: usize = 64;

/// Compiled components of this user.
#[derive(Debug, Clone)]
pub(super) struct Cache {
    /// None where there is no folder that only this user can write: then every start compiles.
    folder: Option<PathBuf>,
    engine: u64,
}

impl Cache {
    pub(super) fn of_user(engine: &Engine) -> Self {
        let caches = std::env::var_os("XDG_CACHE_HOME")
            .map(PathBuf::from)
            .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")));
        Self::in_folder(engine, caches.map(|caches| caches.join("kiteline").join("compiled")))
    }

    fn in_folder(engine: &Engine, folder: Option<PathBuf>) -> Self {
        let folder = folder.and_then(|folder| match make_private(&folder) {
            Ok(()) => Some(folder),
            Err(error) => {
                tracing::warn!(folder = %folder.display(), %error, "compiled plugins are not kept");
                None
            }
        });
        let mut hasher = DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut hasher);
        Self { folder, engine: hasher.finish() }
    }

    /// The compiled component: from the cache, or compiled now and kept.
    pub(super) fn component(&self, engine: &Engine, digest: &str, wasm: &[u8]) -> wasmtime::Result<Component> {
        let path = self.folder.as_ref().map(|folder| folder.join(format!("{digest}-{:016x}", self.engine)));
        if let Some(path) = path.as_ref().filter(|path| path.exists()) {
            // SAFETY: the file is what `keep` below wrote. It lies in a folder that `make_private` has shown to be
            // this user's own and closed to others, and got its name, which no user chooses, by a rename once it was
            // complete; nothing ever changes it afterwards. wasmtime itself refuses code of another version or
            // other settings. Whoever can act as this user needs no such file to run code.
            match unsafe { Component::deserialize_file(engine, path) } {
                Ok(component) => return Ok(component),
                Err(error) => tracing::debug!(path = %path.display(), %error, "compiling anew"),
            }
        }
        let component = Component::from_binary(engine, wasm)?;
        if let Some(path) = path
            && let Err(error) = keep(&path, &component.serialize()?).and_then(|()| self.make_room())
        {
            tracing::warn!(path = %path.display(), %error, "a compiled plugin is not kept");
        }
        Ok(component)
    }

    /// Removes the oldest files beyond those that are kept. Whoever runs one has it still.
    fn make_room(&self) -> io::Result<()> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let mut files = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            // Another process may have removed it meanwhile.
            if let Ok(time) = entry.metadata().and_then(|found| found.modified()) {
                files.push((time, entry.path()));
            }
        }
        files.sort_unstable();
        let excess = files.len().saturating_sub(KEPT);
        files[..excess].iter().try_for_each(|(_, path)| match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        })
    }
}

/// Makes the folder with mode 0700, or shows that it is such a folder.
fn make_private(folder: &Path) -> io::Result<()> {
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent)?;
    }
    match fs::DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let found = fs::symlink_metadata(folder)?;
    let is_private = found.is_dir() && found.permissions().mode() & 0o077 == 0;
    if !is_private || found.uid() != us(folder)? {
        return Err(io::Error::other("it is not a folder that only this user can read and write: chmod 700 it"));
    }
    Ok(())
}

/// Our own number: the owner of a file that we make, as no safe call in std asks for it.
fn us(folder: &Path) -> io::Result<u32> {
    let (file, path) = new_file(&folder.join("owner"))?;
    let us = file.metadata().map(|made| made.uid());
    fs::remove_file(path)?;
    us
}

/// Makes a file that nobody else has or makes, beside the one that is named: of processes that share a folder, as
/// containers may, several can have the same number.
fn new_file(path: &Path) -> io::Result<(fs::File, PathBuf)> {
    let path = path.with_extension(format!("part-{:016x}", RandomState::new().build_hasher().finish()));
    Ok((fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?, path))
}

/// Writes under a name of its own, then renames, so that nobody sees half a file.
fn keep(path: &Path, code: &[u8]) -> io::Result<()> {
    let (mut file, part) = new_file(path)?;
    let written = file.write_all(code).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&part, path));
    written.inspect_err(|_| drop(fs::remove_file(&part)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";

    fn files(folder: &Path) -> Vec<PathBuf> {
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect()
    }

    #[test]
    fn a_component_is_compiled_once_and_a_damaged_file_is_compiled_anew() {
        let engine = Engine::default();
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join("kiteline/compiled");
        let cache = Cache::in_folder(&engine, Some(folder.clone()));

        cache.component(&engine, "0123", EMPTY).expect("compiles");
        let [file] = &files(&folder)[..] else { panic!("one file is kept") };
        let code = fs::read(file).expect("readable");

        fs::write(file, b"damaged").expect("writable");
        cache.component(&engine, "0123", EMPTY).expect("compiles again");
        assert_eq!(fs::read(file).expect("readable"), code);
        assert_eq!(files(&folder).len(), 1);
    }

    #[test]
    fn the_oldest_make_room() {
        let engine = Engine::default();
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join("compiled");
        let cache = Cache::in_folder(&engine, Some(folder.clone()));
        for number in 0..KEPT as u64 + 3 {
            let name = format!("{number}");
            cache.component(&engine, &name, EMPTY).expect("compiles");
            // The first ones are the oldest, whatever the clock of the file system is good for.
            let path = folder.join(format!("{name}-{:016x}", cache.engine));
            let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(number);
            fs::File::options().write(true).open(path).and_then(|file| file.set_modified(time)).expect("set");
        }
        let kept = files(&folder);
        assert_eq!(kept.len(), KEPT);
        assert!(!kept.contains(&folder.join(format!("2-{:016x}", cache.engine))), "the oldest are gone");
    }

    #[test]
    fn a_folder_that_others_can_write_is_not_used() {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join("compiled");
        fs::create_dir(&folder).expect("made");
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).expect("changed");
        assert!(Cache::in_folder(&Engine::default(), Some(folder)).folder.is_none());
    }
}
