//! The `kiteline` binary.

fn main() -> std::process::ExitCode {
    kiteline::cli::main()
}
