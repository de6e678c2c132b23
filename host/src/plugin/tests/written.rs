//! Guests written by hand in WebAssembly's text, for what no SDK lets a plugin do.

use crate::plugin::{Code, Grants, Setup};

use super::*;

/// What a guest has beside what all of them have. The code of `process` may call `$bad`: 1 where the record at
/// [`BAD`] is among the rows. Texts and lists of the host are written from byte 1024 on.
#[derive(Debug, Default)]
pub(super) struct Written<'a> {
    /// What the component imports.
    pub(super) imports: &'a str,
    /// Imported functions: the name in the code, where it comes from, its core type.
    pub(super) functions: &'a [(&'a str, &'a str, &'a str)],
    /// More of the core module: tables, functions.
    pub(super) module: &'a str,
    /// The code of `describe`; what it says of itself are empty texts.
    pub(super) describe: &'a str,
    /// The code of `process`.
    pub(super) process: &'a str,
}

/// The offset of the record at which `$bad` looks.
pub(super) const BAD: u32 = 3;

impl Written<'_> {
    /// The component.
    pub(super) fn component(&self) -> Vec<u8> {
        let own = [("offsets", "(func $batch \"offsets\")", "(param i32)")];
        let functions: Vec<_> = own.iter().chain(self.functions).collect();
        let each = |of: &dyn Fn(&str, &str, &str) -> String| -> String {
            functions.iter().map(|(name, from, ty)| of(name, from, ty)).collect()
        };
        let lowered = each(&|name, from, _| {
            format!(
                "(core func ${name} (canon lower {from} (memory $memory \"memory\") (realloc (func $memory \"realloc\"))))"
            )
        });
        let imported = each(&|name, _, ty| format!("(import \"host\" \"{name}\" (func ${name} {ty}))"));
        let given = each(&|name, _, _| format!("(export \"{name}\" (func ${name}))"));
        let Self { imports, module, describe, process, .. } = self;
        let text = format!(
            r#"(component
  (import "kiteline:plugin/batch@0.1.0" (instance $batch (export "offsets" (func (result (list s64))))))
  {imports}
  (type $info-record (record (field "name" string) (field "version" string) (field "config-schema" string)))
  (import "plugin-info" (type $info (eq $info-record)))
  (core module $memory
    (memory (export "memory") 1)
    (global $next (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.get $next)
      (global.set $next (i32.and (i32.add (global.get $next) (i32.add (local.get 3) (i32.const 7))) (i32.const -8)))))
  (core instance $memory (instantiate $memory))
  {lowered}
  (core module $main
    (import "host" "memory" (memory 1))
    {imported}
    {module}
    (func $bad (result i32) (local $at i32) (local $left i32)
      (call $offsets (i32.const 512))
      (local.set $at (i32.load (i32.const 512)))
      (local.set $left (i32.load (i32.const 516)))
      (loop $more
        (if (i32.eqz (local.get $left)) (then (return (i32.const 0))))
        (if (i64.eq (i64.load (local.get $at)) (i64.const {BAD})) (then (return (i32.const 1))))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (br $more))
      (unreachable))
    (func (export "describe") (result i32) {describe} (i32.const 0))
    (func (export "configure") (param i32 i32) (result i32) (i32.const 64))
    (func (export "process") (result i32) {process} (i32.const 64)))
  (core instance $main (instantiate $main (with "host" (instance
    (export "memory" (memory $memory "memory")) {given}))))
  (func (export "describe") (result $info) (canon lift (core func $main "describe") (memory $memory "memory")))
  (func (export "configure") (param "config" string) (result (result (error string)))
    (canon lift (core func $main "configure") (memory $memory "memory") (realloc (func $memory "realloc"))))
  (func (export "process") (result (result (error string)))
    (canon lift (core func $main "process") (memory $memory "memory"))))"#
        );
        wat::parse_str(text).expect("a component")
    }

    /// The plugin.
    pub(super) fn load(&self, grants: Grants) -> Result<Arc<Plugin>, LoadError> {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        std::io::Write::write_all(&mut file, &self.component()).expect("written");
        let setup = Setup { config: "{}".into(), limits: limits(), grants, log: false };
        let code = Code::read(file.path()).expect("read");
        Plugin::load(engine(), &code, setup, &Arc::default()).map(Arc::new)
    }

    /// The plugin, and a chain of nothing else.
    pub(super) fn chain(&self, grants: Grants) -> (Arc<Plugin>, Chain) {
        let plugin = self.load(grants).expect("loads");
        let chain = Chain::new(&[Arc::clone(&plugin)], &Arc::default()).expect("starts");
        (plugin, chain)
    }
}
