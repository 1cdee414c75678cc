/// How far something reaches to one side, by height: stretches from top to bottom that do not overlap.
///
/// Two subtrees stand side by side as closely as the right skyline of one and the left skyline of the other allow,
/// as in Reingold and Tilford's tidy trees; that the stretches have any height, rather than a level each, is van der
/// Ploeg's extension to boxes of different sizes ("Drawing non-layered tidy trees in linear time", 2014).
#[derive(Clone, Debug, Default)]
pub(super) struct Skyline(Vec<Stretch>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch {
    top: i32,
    bottom: i32,
    x: i32,
}

impl Skyline {
    /// A skyline of one stretch.
    pub(super) fn of(top: i32, bottom: i32, x: i32) -> Self {
        Self(vec![Stretch { top, bottom, x }])
    }

    /// Moves it.
    pub(super) fn shift(&mut self, right: i32, down: i32) {
        for stretch in &mut self.0 {
            stretch.x += right;
            stretch.top += down;
            stretch.bottom += down;
        }
    }

    /// Adds what another one has at heights where this one has nothing.
    pub(super) fn fill(&mut self, other: &Self) {
        if other.0.is_empty() {
            return;
        }
        let mine = std::mem::take(&mut self.0);
        let mut all = Vec::with_capacity(mine.len() + other.0.len());
        let mut next = 0;
        for stretch in &other.0 {
            let mut top = stretch.top;
            // Those of mine that end above it can hide nothing of what follows either.
            while next < mine.len() && mine[next].bottom <= top {
                next += 1;
            }
            for hiding in mine[next..].iter().take_while(|hiding| hiding.top < stretch.bottom) {
                if top < hiding.top {
                    all.push(Stretch { top, bottom: hiding.top, x: stretch.x });
                }
                top = top.max(hiding.bottom);
            }
            if top < stretch.bottom {
                all.push(Stretch { top, ..*stretch });
            }
        }
        all.extend(mine);
        all.sort_unstable_by_key(|stretch| stretch.top);
        self.0 = all;
    }

    /// How far what has `left` as its left skyline must be moved right to be clear of this right skyline; `None`
    /// where they share no height.
    pub(super) fn clearance(&self, left: &Self) -> Option<i32> {
        let mut clearance = None;
        let mut next = 0;
        for stretch in &left.0 {
            while next < self.0.len() && self.0[next].bottom <= stretch.top {
                next += 1;
            }
            for mine in self.0[next..].iter().take_while(|mine| mine.top < stretch.bottom) {
                clearance = clearance.max(Some(mine.x - stretch.x));
            }
        }
        clearance
    }
}
