use std::panic::resume_unwind;
use std::thread;

use super::image::ImageReader;
use super::index::credit_codes;
use super::{Graph, ImageError, Slot};
use crate::model::{Annex, Change, OrganizationId, Violation};

/// Builds a graph from what is recorded, which was checked when it was: an image, if there is one, and changes after it.
///
/// Changes may come in any number of batches: credit codes and implied locations, which hang on several
/// changes at once, are settled at the end.
#[derive(Default)]
pub struct Replay {
    graph: Graph,
    /// The source of the last relation: a checkpoint has all relations of one source together.
    source: Option<(OrganizationId, Slot)>,
    /// An image that is not whole yet.
    image: Option<Box<ImageReader>>,
}

impl Replay {
    /// Reads the next block of an image; all of them come before any change.
    ///
    /// # Errors
    /// [`ImageError`] for bytes that are no image of a graph; what was replayed is then of no use.
    pub fn read_image(&mut self, block: &[u8]) -> Result<(), ImageError> {
        self.image.get_or_insert_default().read(block)
    }

    /// Takes the image, of which no block follows, for the graph.
    ///
    /// # Errors
    /// [`ImageError`] where it is not whole.
    pub fn finish_image(&mut self) -> Result<(), ImageError> {
        self.graph = self.image.take().ok_or(ImageError::CutShort)?.finish()?;
        Ok(())
    }

    /// Replays a batch.
    ///
    /// # Errors
    /// [`Violation::UnknownOrganization`], [`Violation::UnknownRelation`] or [`Violation::UnknownAnnex`] where a
    /// record names what is not there; other rules are not checked again.
    pub fn apply(&mut self, changes: &[Change]) -> Result<(), Violation> {
        changes.iter().try_for_each(|change| self.step(change))
    }

    /// The graph of all that was replayed.
    pub fn finish(mut self) -> Graph {
        let Graph { indexes, columns, topology, .. } = &mut self.graph;
        indexes.settle(columns);
        let (columns, bound) = (columns.clone(), topology.node_bound());
        let by_credit_code = thread::scope(|scope| {
            let by_credit_code = scope.spawn(|| credit_codes(&columns, bound).0);
            self.graph.refresh_all_implied();
            by_credit_code.join().unwrap_or_else(|panic| resume_unwind(panic))
        });
        self.graph.indexes.enter_credit_codes(by_credit_code);
        self.graph
    }

    fn step(&mut self, change: &Change) -> Result<(), Violation> {
        match change {
            Change::PutOrganization(organization) => {
                self.graph.set_organization(organization);
            }
            Change::RemoveOrganization(id) => {
                let slot = self.known(id)?;
                self.source = None;
                self.graph.unset_organization(slot);
            }
            Change::PutRelation(relation) => {
                let source = match &self.source {
                    Some((id, slot)) if *id == relation.source => *slot,
                    _ => self.known(&relation.source)?,
                };
                let target = self.known(&relation.target)?;
                self.source = Some((relation.source.clone(), source));
                let before = self.graph.stated_between(source, target, &relation.key());
                self.graph.replace_relation(before, source, target, relation);
            }
            Change::RemoveRelation(key) => {
                let unknown = || Violation::UnknownRelation(Box::new(key.clone()));
                let slot = self.graph.stated_slot(key).ok_or_else(unknown)?;
                self.graph.unset_edge(slot);
            }
            Change::PutAnnex(annex) => {
                let slot = self.known(annex.organization())?;
                self.graph.set_annex(slot, Annex::clone(annex));
            }
            Change::RemoveAnnex(key) => {
                let unknown = || Violation::UnknownAnnex(Box::new(key.clone()));
                let slot = self.known(key.organization())?;
                self.graph.unset_annex(slot, key).ok_or_else(unknown)?;
            }
            Change::PutIndicator(definition) => self.graph.definitions.put(definition),
            Change::RemoveIndicator(id) => {
                if !self.graph.definitions.withdraw(id) {
                    let cause = "it is withdrawn, and was not recorded".to_owned();
                    return Err(Violation::Indicator { id: id.to_string(), cause });
                }
            }
        }
        Ok(())
    }

    fn known(&self, id: &OrganizationId) -> Result<Slot, Violation> {
        self.graph.slot(id.as_str()).ok_or_else(|| Violation::UnknownOrganization(id.clone()))
    }
}
