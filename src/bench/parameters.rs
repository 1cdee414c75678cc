use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;

use super::Question;

/// What the questions are asked about: lists of ids under the name of each question.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub struct Parameters {
    /// Cities.
    q1: Vec<String>,
    /// Cities.
    q2: Vec<String>,
    /// Districts.
    q3: Vec<String>,
    /// Pairs of organisations.
    q4: Vec<(String, String)>,
    /// Organisations.
    q5: Vec<String>,
    /// Organisations.
    q6: Vec<String>,
}

/// Why parameters cannot be used.
#[derive(Debug, Error)]
pub enum ParametersError {
    /// The file cannot be read.
    #[error("{}: {source}", .file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file does not hold what it should.
    #[error(
        "{}: {source}; it must be a JSON object with a list of ids for each of Q1, Q2, Q3, Q5 and Q6, and a list \
         of pairs of ids for Q4",
        .file.display()
    )]
    Form {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

impl Parameters {
    /// Reads the parameters of a JSON file; what it holds beside them is passed over.
    ///
    /// # Errors
    /// [`ParametersError`], which names the file.
    pub fn read(file: &Path) -> Result<Self, ParametersError> {
        let failed = |source| ParametersError::File { file: file.to_owned(), source };
        let text = fs::read(file).map_err(failed)?;
        serde_json::from_slice(&text)
            .map_err(|source| ParametersError::Form { file: file.to_owned(), source })
    }

    /// The questions to ask, by their names; those that end in `_unseen` by a rule that was never asked before.
    pub(super) fn questions(&self) -> [(&'static str, Vec<Question<'_>>); 8] {
        let coverage: Vec<_> = self.q1.iter().map(|id| Question::Coverage(id)).collect();
        let gaps: Vec<_> = self.q2.iter().map(|id| Question::Gaps(id)).collect();
        [
            ("Q1_unseen", coverage.clone()),
            ("Q2_unseen", gaps.clone()),
            ("Q1", coverage),
            ("Q2", gaps),
            ("Q3", self.q3.iter().map(|id| Question::Kinds(id)).collect()),
            ("Q4", self.q4.iter().map(|(from, to)| Question::Path(from, to)).collect()),
            ("Q5", self.q5.iter().map(|id| Question::Neighbourhood(id)).collect()),
            ("Q6", self.q6.iter().map(|id| Question::Record(id)).collect()),
        ]
    }
}
