use std::fs::File;
use std::path::Path;

use super::lock::Lock;
use super::log::{LogPosition, Tail, check_header, scan};
use super::state::State;
use super::{LogError, VerifyError, folder};

/// Sets the checkpoint of a store that is not open aside, so that the next opening makes its state of the log alone.
///
/// All of the log is verified first. What is set aside stands in `state.damaged`.
///
/// # Errors
/// [`VerifyError`]: there is no store, it is in use, its log is damaged, or the disk does not do what it is asked.
pub fn set_checkpoint_aside(dir: &Path) -> Result<(), VerifyError> {
    let path = folder::log_path(dir);
    if !path.is_file() {
        return Err(VerifyError::Missing { dir: dir.to_owned() });
    }
    let _lock = Lock::take(dir)?;
    let failed = |source| LogError::File { path: path.clone(), source };
    let file = File::open(&path).map_err(failed)?;
    check_header(&file, &path)?;
    if let Tail::Damaged(damage) = scan(&file, &path, LogPosition::start()).map_err(failed)?.tail {
        return Err(LogError::from(damage).into());
    }
    State::anew(dir).map_err(VerifyError::Checkpoint)?.close();
    Ok(())
}
