//! Questions to the brokers, asked again while the answer is one that passes.

use std::time::{Duration, Instant};

use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};

/// How long to wait before a question is asked again.
const PAUSE: Duration = Duration::from_millis(100);

/// Asks until there is an answer or an error that stays, up to the deadline. `question` gets the time that is left.
pub(super) fn until<T>(
    deadline: Instant,
    mut question: impl FnMut(Duration) -> Result<T, KafkaError>,
) -> Result<T, KafkaError> {
    loop {
        match question(deadline.saturating_duration_since(Instant::now())) {
            Err(error) if passes(&error) && Instant::now() + PAUSE < deadline => std::thread::sleep(PAUSE),
            result => return result,
        }
    }
}

/// True for what brokers answer while a leader or a coordinator moves, or while a broker starts.
fn passes(error: &KafkaError) -> bool {
    matches!(
        error.rdkafka_error_code(),
        Some(
            Code::NotCoordinator
                | Code::CoordinatorNotAvailable
                | Code::CoordinatorLoadInProgress
                | Code::LeaderNotAvailable
                | Code::NotLeaderForPartition
                | Code::WaitingForCoordinator
                | Code::BrokerTransportFailure
                | Code::AllBrokersDown
                | Code::NetworkException
                | Code::OperationTimedOut
                | Code::RequestTimedOut
        )
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(error: Code, deadline: Duration) -> u32 {
        let mut times = 0;
        let answer = until(Instant::now() + deadline, |_| {
            times += 1;
            if times < 3 { Err(KafkaError::MetadataFetch(error)) } else { Ok(()) }
        });
        assert_eq!(answer.is_ok(), times == 3);
        times
    }

    #[test]
    fn a_moving_coordinator_is_asked_again_and_a_refusal_is_not() {
        assert_eq!(asked(Code::NotCoordinator, Duration::from_secs(60)), 3);
        assert_eq!(asked(Code::TopicAuthorizationFailed, Duration::from_secs(60)), 1);
        assert_eq!(asked(Code::NotCoordinator, Duration::ZERO), 1);
    }
}
