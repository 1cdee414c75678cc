use std::fs;
use std::path::{Path, PathBuf};

/// What is assumed where the system does not say how much memory there is.
const UNKNOWN: u64 = 4 << 30;

/// How many bytes of memory the process may use, and by what it is limited.
///
/// The least of the limits of its control groups (version 2 and 1), of its address space, and physical memory.
pub fn available() -> (u64, &'static str) {
    let limits = [
        (
            group_limit(Path::new("/sys/fs/cgroup"), &read("/proc/self/cgroup")),
            "the limit of its control group",
        ),
        (address_space(&read("/proc/self/limits")), "the limit of its address space (ulimit -v)"),
        (physical(&read("/proc/meminfo")), "physical memory"),
    ];
    let known = limits.into_iter().filter_map(|(bytes, by)| Some((bytes?, by)));
    known.min_by_key(|(bytes, _)| *bytes).unwrap_or((UNKNOWN, "an assumption: the system does not say"))
}

/// How many bytes of physical memory the process occupies now; `None` where the system does not say.
pub(super) fn resident() -> Option<u64> {
    /// Pages have 4 KiB wherever this file says more, and the figure is then too low, never wrong by an order.
    const PAGE: u64 = 4 << 10;
    let pages: u64 = read("/proc/self/statm").split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * PAGE)
}

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

/// The least limit of the control groups of a process and of those that these are in.
fn group_limit(mounted: &Path, groups: &str) -> Option<u64> {
    let limits = groups.lines().filter_map(|line| {
        let mut parts = line.splitn(3, ':').skip(1);
        let (controllers, path) = (parts.next()?, parts.next()?);
        let (root, file) = match controllers {
            "" => (mounted.to_owned(), "memory.max"),
            named if named.split(',').any(|name| name == "memory") => {
                (mounted.join("memory"), "memory.limit_in_bytes")
            }
            _ => return None,
        };
        least_upwards(&root, path.trim_start_matches('/'), file)
    });
    limits.min()
}

/// The least figure in a file of a folder and of all above it. In a container the path is often one of the host, and
/// its own limit stands at the root.
fn least_upwards(root: &Path, path: &str, file: &str) -> Option<u64> {
    let folders = Path::new(path).ancestors().map(|part| root.join(part)).collect::<Vec<PathBuf>>();
    folders.iter().filter_map(|folder| read(folder.join(file)).trim().parse().ok()).min()
}

/// The soft limit of the address space.
fn address_space(limits: &str) -> Option<u64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max address space"))?;
    line.split_whitespace().next()?.parse().ok()
}

fn physical(memory: &str) -> Option<u64> {
    let line = memory.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_limit_of_all_control_groups_above_counts() {
        let mounted = tempfile::tempdir().unwrap();
        let put = |folder: &str, file: &str, text: &str| {
            let folder = mounted.path().join(folder);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join(file), text).unwrap();
        };
        put("system.slice/orgatlas.service", "memory.max", "max\n");
        put("system.slice", "memory.max", "3000000\n");
        put("memory/docker/abc", "memory.limit_in_bytes", "9223372036854771712\n");
        put("memory", "memory.limit_in_bytes", "2000000\n");
        let limit = |groups| group_limit(mounted.path(), groups);
        assert_eq!(limit("0::/system.slice/orgatlas.service\n"), Some(3_000_000));
        assert_eq!(limit("5:cpu:/x\n4:memory:/docker/abc\n"), Some(2_000_000));
        // A container sees the path that it has on the host.
        assert_eq!(limit("4:memory:/elsewhere/abc\n"), Some(2_000_000));
        assert_eq!(limit("0::/user.slice\n"), None);
        assert_eq!(limit(""), None);
    }

    #[test]
    fn limits_of_the_system_are_read() {
        let table = [
            ("Max address space         unlimited            unlimited            bytes\n", None),
            (
                "Max cpu time  unlimited\nMax address space         4194304000           unlimited   bytes\n",
                Some(4_194_304_000),
            ),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(address_space(text), expected);
        }
        assert_eq!(physical("MemTotal:       24576000 kB\nMemFree: 1 kB\n"), Some(24_576_000 << 10));
        assert!(available().0 > 0);
    }
}
