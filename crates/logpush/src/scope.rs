//! Where the jobs of a dataset are, and whether its contract can stand in a request.

use crate::mistake::Mistake;
use weir_dataset::Contract;

/// Where the jobs of a dataset are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// In an account.
    Account,
    /// In a zone.
    Zone,
}

impl Scope {
    /// The scope of a dataset.
    ///
    /// # Errors
    /// Where its contract names another than these two, has no fields, or a name that could not stand in a request.
    pub fn of(contract: &Contract) -> Result<Scope, Mistake> {
        let names = contract.fields.iter().map(|field| &field.name).chain([&contract.name]);
        if let Some(name) = { names }.find(|name| !is_name(name)) {
            return Err(Mistake::Name(name.clone()));
        }
        if contract.fields.is_empty() {
            return Err(Mistake::NoFields(contract.name.clone()));
        }
        let scope = [Scope::Account, Scope::Zone].into_iter().find(|scope| scope.name() == contract.scope);
        scope.ok_or_else(|| Mistake::NoScope(contract.name.clone()))
    }

    /// `account` or `zone`, as contracts and paths have it.
    pub fn name(self) -> &'static str {
        match self {
            Scope::Account => "account",
            Scope::Zone => "zone",
        }
    }

    /// `an account` or `a zone`.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Scope::Account => "an account",
            Scope::Zone => "a zone",
        }
    }

    /// The one that it is not.
    pub(crate) fn other(self) -> Scope {
        match self {
            Scope::Account => Scope::Zone,
            Scope::Zone => Scope::Account,
        }
    }
}

/// Whether a name can stand in a path and in the list of `logpull_options`.
fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    !name.is_empty() && !name.starts_with('.') && name.bytes().all(plain)
}
