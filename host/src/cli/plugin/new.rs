//! `kiteline plugin new`.

use std::fs;
use std::path::PathBuf;

use super::project::{Lang, MANIFEST, name_is_right};
use super::sdk;
use crate::cli::exit::Exit;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Name of the plugin, and of the folder that is made for it
    name: String,
    /// The language
    #[arg(long)]
    lang: Lang,
}

/// Makes a folder with a plugin that builds, and whose case passes.
pub(super) fn new(arguments: &Arguments) -> Result<(), Exit> {
    let Arguments { name, lang } = arguments;
    name_is_right(name)?;
    let files = sdk::project(*lang, name)?;
    if !files.iter().any(|(path, _)| path.ends_with("README.md") && path.components().count() == 1) {
        return Err(Exit::Failed(format!("this build of Kiteline has no template for {}", lang.folder())));
    }
    let folder = PathBuf::from(name);
    // Nothing that is there is ever written over.
    fs::create_dir(&folder)
        .map_err(|error| Exit::Mistake(format!("{name}: {error}; take another name, or run this in another folder")))?;
    let manifest = format!(
        "# Tells `kiteline plugin build` and `kiteline plugin test` what this folder is.\nname = \"{name}\"\nlang = \"{}\"\n",
        lang.folder()
    );
    let manifest = (PathBuf::from(MANIFEST), manifest.into_bytes());
    for (path, bytes) in files.iter().chain([&manifest]) {
        let path = folder.join(path);
        let written = fs::create_dir_all(path.parent().unwrap_or(&folder)).and_then(|()| fs::write(&path, bytes));
        written.map_err(|error| Exit::Failed(format!("{}: {error}", path.display())))?;
    }
    println!("{name}/ is a plugin in {lang:?}; {name}/README.md says more. Next:\n");
    println!("    cd {name}\n    kiteline plugin build\n    kiteline plugin test");
    Ok(())
}
