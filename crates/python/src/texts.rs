//! The texts of a format, or of the formats of a module: what is compiled, and what travels where a format is pickled.

use std::path::{Path, PathBuf};
use weir::FormatText;
use weir_author::NamedText;
use weir_formats::{FormatError, Place, folders};

/// The texts of what runs.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    /// One, or those of a module.
    pub formats: Vec<FormatTexts>,
    /// Of a module: what it says about records that fit several datasets. One format takes all records.
    pub module: Option<Option<NamedText>>,
}

/// The texts of one format.
#[derive(Clone, Debug, Default)]
pub struct FormatTexts {
    /// The spec and the declarations of fields.
    pub text: FormatText,
    /// `dataset.yml`
    pub contract: Option<NamedText>,
    /// Where it was read from, and so where its recorded pairs are.
    pub folder: Option<PathBuf>,
}

impl Texts {
    /// Reads the format at a path, or those of the module there that have a contract to route records by.
    ///
    /// # Errors
    /// Where there is none, or something cannot be read.
    pub fn load(path: &Path) -> Result<Self, FormatError> {
        match Place::at(path) {
            Ok(place) => Ok(Texts { formats: vec![FormatTexts::load(&place)?], module: None }),
            Err(error) if !path.is_dir() => Err(error),
            Err(_) => module(path),
        }
    }
}

impl FormatTexts {
    fn load(place: &Place) -> Result<Self, FormatError> {
        let contract = folders::optional(&place.contract())?;
        Ok(FormatTexts { text: place.text()?, contract, folder: Some(place.root.clone()) })
    }
}

fn module(path: &Path) -> Result<Texts, FormatError> {
    let places = folders::found(&[path.to_owned()])?;
    let mut formats = Vec::new();
    for place in places.iter().filter(|place| place.contract().is_file()) {
        formats.push(FormatTexts::load(place)?);
    }
    if formats.is_empty() {
        let (count, first) = (places.len(), places[0].root.display());
        return Err(FormatError::Because(format!(
            "{} is a module of {count}, and none of them has a dataset.yml to route records by; load one format, such as {first}",
            path.display()
        )));
    }
    let above = folders::above(&places[0].root);
    Ok(Texts { formats, module: Some(folders::optional(&folders::routing(&above))?) })
}
