//! The environments: which are linked, and which credentials and tickets count.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Refusal;
use crate::protocol::{Linked, Secret};

#[derive(Debug, Default)]
pub(super) struct Environments(Mutex<HashMap<String, Environment>>);

#[derive(Debug, Default)]
struct Environment {
    linked: bool,
    generation: u32,
    credentials: HashSet<Secret>,
    tickets: HashSet<Secret>,
    refusals: u32,
}

impl Environments {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Environment>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Links the environment again: what was given for it does not count any more.
    pub(super) fn link(&self, name: &str) -> Linked {
        let mut environments = self.lock();
        let environment = environments.entry(name.to_owned()).or_default();
        *environment = Environment {
            linked: true,
            generation: environment.generation + 1,
            ..Environment::default()
        };
        let generation = environment.generation;
        Linked { generation }
    }

    pub(super) fn unlink(&self, name: &str) -> Result<Linked, Refusal> {
        let mut environments = self.lock();
        let environment = linked(&mut environments, name)?;
        let generation = environment.generation;
        *environment = Environment {
            generation,
            ..Environment::default()
        };
        Ok(Linked { generation })
    }

    /// A credential for the environment.
    pub(super) fn mint(&self, name: &str) -> Result<Secret, Refusal> {
        let mut environments = self.lock();
        let environment = linked(&mut environments, name)?;
        let credential = random();
        environment.credentials.insert(credential.clone());
        Ok(credential)
    }

    pub(super) fn has_credential(&self, name: &str, credential: &Secret) -> bool {
        let environments = self.lock();
        let environment = environments.get(name);
        environment.is_some_and(|environment| environment.credentials.contains(credential))
    }

    /// A ticket for a WebSocket to the environment, which its caller may have.
    pub(super) fn ticket(&self, name: &str) -> Result<Secret, Refusal> {
        let mut environments = self.lock();
        let environment = linked(&mut environments, name)?;
        if environment.refusals > 0 {
            environment.refusals -= 1;
            return Err(Refusal::Busy);
        }
        let ticket = random();
        environment.tickets.insert(ticket.clone());
        Ok(ticket)
    }

    /// The environment that the ticket is for. It does not count any more then.
    pub(super) fn redeem(&self, ticket: &Secret) -> Result<String, Refusal> {
        let mut environments = self.lock();
        let found = environments
            .iter_mut()
            .find_map(|(name, environment)| environment.tickets.remove(ticket).then_some(name));
        found.cloned().ok_or(Refusal::Unauthorized)
    }

    /// Makes the environment refuse so many tickets.
    pub(super) fn be_busy(&self, name: &str, refusals: u32) {
        if let Some(environment) = self.lock().get_mut(name) {
            environment.refusals = refusals;
        }
    }
}

fn linked<'a>(
    environments: &'a mut HashMap<String, Environment>,
    name: &str,
) -> Result<&'a mut Environment, Refusal> {
    let environment = environments.get_mut(name);
    environment
        .filter(|environment| environment.linked)
        .ok_or(Refusal::NotLinked)
}

/// Nobody guesses it by chance. That nobody can is for a product to see to.
fn random() -> Secret {
    let number = |seed: u8| RandomState::new().hash_one(seed);
    Secret::new(format!("{:016x}{:016x}", number(0), number(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linking_again_revokes_and_a_ticket_counts_once() {
        let environments = Environments::default();
        assert_eq!(environments.mint("home"), Err(Refusal::NotLinked));
        assert_eq!(environments.link("home").generation, 1);
        let credential = environments.mint("home").expect("it is linked");
        assert!(environments.has_credential("home", &credential));
        assert!(!environments.has_credential("work", &credential));

        let ticket = environments.ticket("home").expect("it has time");
        assert_eq!(environments.redeem(&ticket).as_deref(), Ok("home"));
        assert_eq!(environments.redeem(&ticket), Err(Refusal::Unauthorized));

        environments.be_busy("home", 1);
        assert_eq!(environments.ticket("home"), Err(Refusal::Busy));
        assert!(environments.ticket("home").is_ok());

        assert_eq!(environments.link("home").generation, 2);
        assert!(!environments.has_credential("home", &credential));
    }
}
