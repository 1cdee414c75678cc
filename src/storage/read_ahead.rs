use std::sync::mpsc;
use std::thread;

/// How many items are kept ready: enough that neither side waits, and few enough that large blocks take little room.
const AHEAD: usize = 32;

/// Makes items on a thread of their own, while those made before are taken.
///
/// Whoever takes them may stop at any item; then no more are made.
pub(super) fn read_ahead<T: Send, I: Iterator<Item = T>, R>(
    items: impl FnOnce() -> I + Send,
    take: impl FnOnce(mpsc::IntoIter<T>) -> R,
) -> R {
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::sync_channel(AHEAD);
        scope.spawn(move || items().try_for_each(|item| sender.send(item)).ok());
        take(receiver.into_iter())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_come_in_their_order_and_stop_when_nobody_takes_them() {
        assert!(read_ahead(|| 0..10_000, |items| items.eq(0..10_000)));
        assert_eq!(read_ahead(|| 0.., |items| items.take(3).collect::<Vec<_>>()), [0, 1, 2]);
    }
}
