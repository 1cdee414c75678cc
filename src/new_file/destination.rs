use std::fs::{self, File, Metadata, Permissions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use super::folder_of;

/// How many links may lead to a file, as systems have it.
const MOST_LINKS: usize = 40;

/// Where the bytes of a new file go.
pub(super) enum Destination {
    /// Into a file beside the one at a path, whose place it takes.
    Beside(NamedTempFile, PathBuf),
    /// Through what stands there.
    Through(Opened),
}

/// What bytes are written through.
pub(super) struct Opened {
    pub(super) file: File,
    /// Whether it is a file that holds nothing else afterwards.
    pub(super) is_whole: bool,
}

impl Destination {
    /// Finds what stands at a path, or where its links lead, and makes sure that it can be written.
    ///
    /// The folder is made where there is none.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let mut path = path.to_owned();
        for _ in 0..MOST_LINKS {
            if let Some(file) = own_output(&path)? {
                return Ok(Self::Through(Opened { file, is_whole: false }));
            }
            match fs::read_link(&path) {
                Ok(target) => path = folder_of(&path).join(target),
                Err(_) => return Self::at(path),
            }
        }
        Err(io::Error::other("its links lead in a circle"))
    }

    fn at(path: PathBuf) -> io::Result<Self> {
        if path.file_name().is_none() {
            return Err(io::Error::other("the path does not end in the name of a file"));
        }
        match fs::metadata(&path) {
            Ok(found) if found.is_dir() => {
                Err(io::Error::other("it is a folder: name a file, such as one in it"))
            }
            Ok(found) => {
                // Also where it is replaced: what its owner protected stays as it is.
                let file = File::options().write(true).open(&path)?;
                if found.is_file()
                    && let Some(temporary) = replaceable(&path, &found)?
                {
                    return Ok(Self::Beside(temporary, path));
                }
                Ok(Self::Through(Opened { file, is_whole: found.is_file() }))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let folder = folder_of(&path);
                fs::create_dir_all(folder)?;
                Ok(Self::Beside(create_in(folder)?, path))
            }
            Err(error) => Err(error),
        }
    }
}

/// Creates a file under a name of its own, however long the one is that it is to have.
fn create_in(folder: &Path) -> io::Result<NamedTempFile> {
    // The dot keeps readers of the folder off.
    let mut builder = Builder::new();
    builder.prefix(".orgatlas-").suffix(".new");
    #[cfg(unix)]
    builder.permissions(<Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o666));
    builder.tempfile_in(folder)
}

/// Creates a file that can take the place of another with its owner and its permissions; `None` where none can.
fn replaceable(path: &Path, found: &Metadata) -> io::Result<Option<NamedTempFile>> {
    if names_of(found) > 1 {
        return Ok(None);
    }
    let temporary = match create_in(folder_of(path)) {
        Err(error) if matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem) => {
            return Ok(None);
        }
        created => created?,
    };
    if give(temporary.as_file(), found).is_err() {
        return Ok(None);
    }
    temporary.as_file().set_permissions(found.permissions())?;
    Ok(Some(temporary))
}

/// Gives a file the owner and the group of another.
#[cfg(unix)]
fn give(file: &File, of: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let own = file.metadata()?;
    if (own.uid(), own.gid()) == (of.uid(), of.gid()) {
        return Ok(());
    }
    fchown(file, Some(of.uid()), Some(of.gid()))
}

#[cfg(unix)]
fn names_of(found: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(found)
}

/// What a path such as `-`, `/dev/stdout` or `/dev/fd/3` stands for, with what a shell opened it as.
#[cfg(unix)]
fn own_output(path: &Path) -> io::Result<Option<File>> {
    use std::os::fd::AsFd;
    let own = format!("/proc/{}/fd", std::process::id());
    let is_own = |folder: &Path| {
        ["/dev/fd", "/proc/self/fd", "/proc/thread-self/fd", &own].iter().any(|own| folder == Path::new(own))
    };
    let name = path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok());
    let standard = (path == Path::new("-")).then_some(1);
    let Some(number) = standard.or(name.filter(|_| is_own(folder_of(path)))) else { return Ok(None) };
    Ok(Some(match number {
        1 => io::stdout().as_fd().try_clone_to_owned()?.into(),
        2 => io::stderr().as_fd().try_clone_to_owned()?.into(),
        // A file that the shell began goes on behind what it holds.
        _ => File::options().append(true).open(path)?,
    }))
}

#[cfg(not(unix))]
fn give(_: &File, _: &Metadata) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn names_of(_: &Metadata) -> u64 {
    1
}

#[cfg(not(unix))]
fn own_output(_: &Path) -> io::Result<Option<File>> {
    Ok(None)
}
