use std::collections::BTreeMap;

/// What was seen last at each height, by the height where a stretch begins: where it ends, and what it is.
#[derive(Default)]
pub(super) struct Frontier(BTreeMap<i32, (i32, usize)>);

impl Frontier {
    /// Puts something before all that is there from `top` up to `bottom`, and says what it hides there.
    pub(super) fn put(&mut self, top: i32, bottom: i32, what: usize) -> Vec<usize> {
        let first = self.0.range(..=top).next_back().filter(|(_, (end, _))| *end > top).map(|(at, _)| *at);
        let touched: Vec<i32> =
            first.into_iter().chain(self.0.range(top.saturating_add(1)..bottom).map(|(at, _)| *at)).collect();
        let mut hidden = Vec::with_capacity(touched.len());
        for at in touched {
            let Some((end, behind)) = self.0.remove(&at) else { continue };
            hidden.push(behind);
            if at < top {
                self.0.insert(at, (top, behind));
            }
            if end > bottom {
                self.0.insert(bottom, (end, behind));
            }
        }
        self.0.insert(top, (bottom, what));
        hidden
    }
}
