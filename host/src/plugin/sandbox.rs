//! What a guest gets of this machine through WASI, and what it is refused.
//!
//! All of WASI is linked, because interpreters import it even where they don't use it. Behind it is what the pipeline
//! grants, and else nothing: clocks that stand still, the same random numbers at each start, no environment, no files,
//! no network. What blocks ends with the call's time.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use wasmtime::component::{HasSelf, Linker, Resource, ResourceTable};
use wasmtime::{Result, Trap, bail};
use wasmtime_wasi::p2::bindings::cli::environment;
use wasmtime_wasi::p2::bindings::random::{insecure, insecure_seed, random};
use wasmtime_wasi::p2::bindings::sockets::ip_name_lookup::{self, ResolveAddressStream};
use wasmtime_wasi::p2::bindings::sockets::network::{self, ErrorCode, IpAddress, IpAddressFamily};
use wasmtime_wasi::p2::bindings::sync::io::poll;
use wasmtime_wasi::p2::bindings::sync::sockets::udp_create_socket;
use wasmtime_wasi::p2::bindings::{filesystem::preopens, sockets::tcp_create_socket};
use wasmtime_wasi::p2::{DynPollable, Network, SocketError, SocketResult, TcpSocket, UdpSocket};
use wasmtime_wasi::runtime::in_tokio;
use wasmtime_wasi::sockets::WasiSocketsView;
use wasmtime_wasi::{HostMonotonicClock, HostWallClock, WasiCtx};
use wasmtime_wasi_io::bindings::wasi::io::poll as asynchronous;

use super::limits::fixed;
use super::output::Output;
use super::state::State;

/// What the pipeline grants a plugin.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grants {
    /// The time.
    pub clock: bool,
    /// Random numbers.
    pub random: bool,
    /// Names of environment variables.
    pub env: Vec<String>,
}

/// What a guest may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Asked {
    Clock,
    Random,
    Environment,
    Files,
    Network,
}

/// What a plugin asked for and did not get, over all its instances.
#[derive(Debug, Clone)]
pub(super) struct Refused {
    /// The plugin, as the pipeline file names it. None where nobody is told.
    plugin: Option<Arc<str>>,
    /// A bit for each of [`Asked`].
    asked: Arc<AtomicU8>,
    log: RefusedLog,
}

/// What was logged of plugins by their names, a bit for each of [`Asked`]: each version that comes asks for it again.
#[derive(Debug, Clone, Default)]
pub(super) struct RefusedLog(Arc<Mutex<HashMap<Arc<str>, u8>>>);

/// The sandbox's part of a store.
pub(super) struct Sandbox {
    pub(super) wasi: WasiCtx,
    pub(super) table: ResourceTable,
    grants: Grants,
    refused: Refused,
    /// The random numbers of a guest that has no grant for them.
    numbers: Numbers,
    /// When the call that is under way must have ended.
    pub(super) deadline: Instant,
}

impl Asked {
    const ALL: [Self; 5] = [Self::Clock, Self::Random, Self::Environment, Self::Files, Self::Network];

    /// Its name, and what the guest gets instead.
    fn text(self) -> (&'static str, &'static str) {
        match self {
            Self::Clock => ("clock", "its clocks stand still; set `grants.clock`"),
            Self::Random => ("random", "it gets the same numbers at each start; set `grants.random`"),
            Self::Environment => ("env", "its environment is empty; name variables in `grants.env`"),
            Self::Files => ("files", "there are none, and no grant gives any"),
            Self::Network => ("network", "there is none, and no grant gives any"),
        }
    }
}

impl Refused {
    pub(super) fn new(plugin: Arc<str>, log: RefusedLog) -> Self {
        Self { plugin: Some(plugin), asked: Arc::default(), log }
    }

    /// What is asked for is counted, and not logged.
    pub(super) fn untold() -> Self {
        Self { plugin: None, asked: Arc::default(), log: RefusedLog::default() }
    }

    /// Notes what was asked for, and logs it the first time.
    fn note(&self, asked: Asked) {
        let bit = 1 << asked as u8;
        let is_new =
            self.asked.load(Ordering::Relaxed) & bit == 0 && self.asked.fetch_or(bit, Ordering::Relaxed) & bit == 0;
        let Some(plugin) = self.plugin.as_ref().filter(|plugin| is_new && self.log.is_new(plugin, bit)) else { return };
        let (what, instead) = asked.text();
        tracing::info!(plugin = &**plugin, what, "a plugin asked for what it is not granted: {instead}");
    }

    /// Names of what was asked for.
    pub(super) fn names(&self) -> Vec<&'static str> {
        let asked = self.asked.load(Ordering::Relaxed);
        Asked::ALL.iter().filter(|of| asked & (1 << **of as u8) != 0).map(|of| of.text().0).collect()
    }
}

impl RefusedLog {
    /// Most plugins that are remembered; then it begins anew, at the price of a line more.
    const PLUGINS: usize = 1_000;

    fn is_new(&self, plugin: &Arc<str>, bit: u8) -> bool {
        let mut logged = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if logged.len() >= Self::PLUGINS && !logged.contains_key(plugin) {
            logged.clear();
        }
        let bits = logged.entry(Arc::clone(plugin)).or_default();
        let is_new = *bits & bit == 0;
        *bits |= bit;
        is_new
    }
}

impl Sandbox {
    pub(super) fn new(grants: Grants, refused: Refused, output: &Output) -> Self {
        let mut wasi = WasiCtx::builder();
        wasi.stdout(output.clone()).stderr(output.clone()).allow_tcp(false).allow_udp(false);
        for name in &grants.env {
            if let Ok(value) = std::env::var(name) {
                wasi.env(name, value);
            }
        }
        wasi.max_random_size(fixed::RANDOM);
        if !grants.clock {
            wasi.wall_clock(Stopped(refused.clone())).monotonic_clock(Stopped(refused.clone()));
        }
        let mut table = ResourceTable::new();
        table.set_max_capacity(fixed::RESOURCES);
        Self { wasi: wasi.build(), table, grants, refused, numbers: Numbers::default(), deadline: Instant::now() }
    }

    /// The time that the call may still take, for what blocks.
    fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }
}

/// Puts the sandbox's own functions in front of those of WASI.
pub(super) fn link(linker: &mut Linker<State>) -> Result<()> {
    wasmtime_wasi::p2::add_to_linker_sync(linker)?;
    linker.allow_shadowing(true);
    poll::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    random::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    insecure::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    insecure_seed::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    environment::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    preopens::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    tcp_create_socket::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    udp_create_socket::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    ip_name_lookup::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    linker.allow_shadowing(false);
    Ok(())
}

/// Epochs interrupt guest code only, so what waits in the host is ended here, as an interruption of the same kind.
impl poll::Host for State {
    fn poll(&mut self, pollables: Vec<Resource<DynPollable>>) -> Result<Vec<u32>> {
        let left = self.sandbox.left();
        let wait = asynchronous::Host::poll(&mut self.sandbox.table, pollables);
        in_tokio(async { tokio::time::timeout(left, wait).await }).unwrap_or_else(|_| Err(Trap::Interrupt.into()))
    }
}

impl poll::HostPollable for State {
    fn ready(&mut self, pollable: Resource<DynPollable>) -> Result<bool> {
        in_tokio(asynchronous::HostPollable::ready(&mut self.sandbox.table, pollable))
    }

    fn block(&mut self, pollable: Resource<DynPollable>) -> Result<()> {
        let left = self.sandbox.left();
        let wait = asynchronous::HostPollable::block(&mut self.sandbox.table, pollable);
        in_tokio(async { tokio::time::timeout(left, wait).await }).unwrap_or_else(|_| Err(Trap::Interrupt.into()))
    }

    fn drop(&mut self, pollable: Resource<DynPollable>) -> Result<()> {
        asynchronous::HostPollable::drop(&mut self.sandbox.table, pollable)
    }
}

/// Both clocks of a guest without a grant. Go ends itself where its monotonic clock says 0.
struct Stopped(Refused);

impl HostWallClock for Stopped {
    fn resolution(&self) -> Duration {
        Duration::from_secs(1)
    }

    fn now(&self) -> Duration {
        self.0.note(Asked::Clock);
        Duration::ZERO
    }
}

impl HostMonotonicClock for Stopped {
    fn resolution(&self) -> u64 {
        1
    }

    fn now(&self) -> u64 {
        self.0.note(Asked::Clock);
        1
    }
}

/// Numbers without a pattern, the same at each start (SplitMix64).
#[derive(Debug, Default)]
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn bytes(&mut self, count: u64) -> Result<Vec<u8>> {
        if count > fixed::RANDOM {
            bail!("{count} random bytes; at most {} are given at once", fixed::RANDOM);
        }
        let mut bytes: Vec<u8> = (0..count.div_ceil(8)).flat_map(|_| self.next().to_le_bytes()).collect();
        bytes.truncate(count as usize);
        Ok(bytes)
    }
}

impl State {
    /// The numbers of a guest that has no grant for random ones; none where it has.
    fn numbers(&mut self) -> Option<&mut Numbers> {
        if self.sandbox.grants.random {
            return None;
        }
        self.sandbox.refused.note(Asked::Random);
        Some(&mut self.sandbox.numbers)
    }
}

impl random::Host for State {
    fn get_random_bytes(&mut self, count: u64) -> Result<Vec<u8>> {
        match self.numbers() {
            Some(numbers) => numbers.bytes(count),
            None => random::Host::get_random_bytes(self.sandbox.wasi.random(), count),
        }
    }

    fn get_random_u64(&mut self) -> Result<u64> {
        match self.numbers() {
            Some(numbers) => Ok(numbers.next()),
            None => random::Host::get_random_u64(self.sandbox.wasi.random()),
        }
    }
}

impl insecure::Host for State {
    fn get_insecure_random_bytes(&mut self, count: u64) -> Result<Vec<u8>> {
        random::Host::get_random_bytes(self, count)
    }

    fn get_insecure_random_u64(&mut self) -> Result<u64> {
        random::Host::get_random_u64(self)
    }
}

impl insecure_seed::Host for State {
    fn insecure_seed(&mut self) -> Result<(u64, u64)> {
        Ok((random::Host::get_random_u64(self)?, random::Host::get_random_u64(self)?))
    }
}

impl environment::Host for State {
    fn get_environment(&mut self) -> Result<Vec<(String, String)>> {
        let given = environment::Host::get_environment(&mut wasmtime_wasi::cli::WasiCliView::cli(self))?;
        if self.sandbox.grants.env.is_empty() {
            self.sandbox.refused.note(Asked::Environment);
        }
        Ok(given)
    }

    fn get_arguments(&mut self) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    fn initial_cwd(&mut self) -> Result<Option<String>> {
        Ok(None)
    }
}

impl preopens::Host for State {
    fn get_directories(&mut self) -> Result<Vec<(Resource<preopens::Descriptor>, String)>> {
        self.sandbox.refused.note(Asked::Files);
        Ok(Vec::new())
    }
}

/// What the refusals below are told by.
impl network::Host for State {
    fn convert_error_code(&mut self, error: SocketError) -> Result<ErrorCode> {
        error.downcast()
    }

    fn network_error_code(&mut self, _: Resource<wasmtime::Error>) -> Result<Option<ErrorCode>> {
        Ok(None)
    }
}

impl network::HostNetwork for State {
    fn drop(&mut self, network: Resource<Network>) -> Result<()> {
        self.sandbox.table.delete(network)?;
        Ok(())
    }
}

impl tcp_create_socket::Host for State {
    fn create_tcp_socket(&mut self, _: IpAddressFamily) -> SocketResult<Resource<TcpSocket>> {
        self.sandbox.refused.note(Asked::Network);
        Err(ErrorCode::AccessDenied.into())
    }
}

impl udp_create_socket::Host for State {
    fn create_udp_socket(&mut self, _: IpAddressFamily) -> SocketResult<Resource<UdpSocket>> {
        self.sandbox.refused.note(Asked::Network);
        Err(ErrorCode::AccessDenied.into())
    }
}

impl ip_name_lookup::Host for State {
    fn resolve_addresses(&mut self, _: Resource<Network>, _: String) -> SocketResult<Resource<ResolveAddressStream>> {
        self.sandbox.refused.note(Asked::Network);
        Err(ErrorCode::AccessDenied.into())
    }
}

/// No guest has one of these, as no name is ever looked up.
impl ip_name_lookup::HostResolveAddressStream for State {
    fn resolve_next_address(&mut self, addresses: Resource<ResolveAddressStream>) -> SocketResult<Option<IpAddress>> {
        ip_name_lookup::HostResolveAddressStream::resolve_next_address(&mut self.sockets(), addresses)
    }

    fn subscribe(&mut self, addresses: Resource<ResolveAddressStream>) -> Result<Resource<DynPollable>> {
        ip_name_lookup::HostResolveAddressStream::subscribe(&mut self.sockets(), addresses)
    }

    fn drop(&mut self, addresses: Resource<ResolveAddressStream>) -> Result<()> {
        ip_name_lookup::HostResolveAddressStream::drop(&mut self.sockets(), addresses)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refused_random_numbers_are_the_same_each_time_and_bounded() {
        let (mut first, mut second) = (Numbers::default(), Numbers::default());
        assert_eq!(first.bytes(13).expect("given"), second.bytes(13).expect("given"));
        assert_ne!(first.next(), first.next());
        assert!(first.bytes(fixed::RANDOM + 1).is_err());
    }

    #[test]
    fn what_was_refused_is_named_once() {
        let refused = Refused::new("p".into(), RefusedLog::default());
        let same = refused.clone();
        same.note(Asked::Network);
        same.note(Asked::Clock);
        same.note(Asked::Clock);
        assert_eq!(refused.names(), ["clock", "network"]);
    }

    #[test]
    fn what_a_plugin_is_refused_is_logged_once_whatever_version_asks() {
        let log = RefusedLog::default();
        let (clock, random) = (1 << Asked::Clock as u8, 1 << Asked::Random as u8);
        assert!(log.is_new(&"a".into(), clock) && log.is_new(&"a".into(), random) && log.is_new(&"b".into(), clock));
        assert!(!log.is_new(&"a".into(), clock) && !log.is_new(&"a".into(), random));
        let next = Refused::new("a".into(), log.clone());
        next.note(Asked::Clock);
        assert_eq!(next.names(), ["clock"], "the page tells what this version asked for");
        (0..RefusedLog::PLUGINS * 2).for_each(|number| assert!(log.is_new(&number.to_string().into(), clock)));
        assert!(log.0.lock().expect("no panic").len() <= RefusedLog::PLUGINS);
    }
}
