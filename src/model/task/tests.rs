use proptest::prelude::*;

use super::*;
use crate::model::Month;

fn day(number: i8) -> Date {
    Date::constant(2024, 6, number)
}

fn task() -> Task {
    let named = |id: &str| NamedOrganization { id: id.parse().unwrap(), name: "示例".into() };
    Task {
        id: "2024-06/grid-station/cn-370114001".parse().unwrap(),
        responsible: named("zq-pwc-370114001"),
        due: "2024-06".parse::<Month>().unwrap().last_day(),
        units: vec![named("gen-grid-00001"), named("gen-grid-00002")],
        steps: vec![TaskStep::new(TaskState::ToHandOver, day(1), "组织部")],
    }
}

/// The loop as the source describes it: from, to.
const STEPS: [(TaskState, TaskState); 5] = [
    (TaskState::ToHandOver, TaskState::HandedOver),
    (TaskState::HandedOver, TaskState::Rectifying),
    (TaskState::Rectifying, TaskState::Rectified),
    (TaskState::Rectified, TaskState::Closed),
    (TaskState::Rectified, TaskState::Rectifying),
];

fn state() -> impl Strategy<Value = TaskState> {
    prop::sample::select(TaskState::all().collect::<Vec<_>>())
}

proptest! {
    /// A walk of any steps: each is taken or refused as the table has it, and what was taken is legal as a whole.
    #[test]
    fn steps_agree_with_the_table(walk in prop::collection::vec((state(), 1i8..=30), 0..12)) {
        let mut task = task();
        for (to, date) in walk {
            let (from, last) = (task.state(), task.steps.last().unwrap().date);
            let step = TaskStep::new(to, day(date), "街道");
            let legal = STEPS.contains(&(from, to)) && last <= day(date);
            prop_assert_eq!(task.with_step(step.clone()).is_ok(), legal, "{:?} to {:?}", from, to);
            let mut longer = task.clone();
            longer.steps.push(step);
            prop_assert_eq!(longer.check().is_ok(), legal);
            prop_assert!(longer.check_follows(&task).is_ok());
            prop_assert!(task.check_follows(&longer).is_err());
            if legal {
                task = longer;
            }
        }
        prop_assert_eq!(task.state_on(day(30)), Some(task.state()));
    }
}

#[test]
fn a_task_is_overdue_after_its_due_date_until_it_is_closed() {
    let mut task = task();
    for (state, date) in [(TaskState::HandedOver, 3), (TaskState::Rectifying, 5), (TaskState::Rectified, 20)]
    {
        task.steps.push(TaskStep::new(state, day(date), "街道"));
    }
    let (after, later) = (Date::constant(2024, 7, 1), Date::constant(2024, 7, 9));
    task.steps.push(TaskStep::new(TaskState::Closed, later, "组织部"));
    task.check().unwrap();
    assert_eq!([day(30), after, later].map(|date| task.is_overdue(date)), [false, true, false]);
    let states =
        [Date::constant(2024, 5, 31), day(1), day(4), day(20), later].map(|date| task.state_on(date));
    use TaskState::{Closed, HandedOver, Rectified, ToHandOver};
    assert_eq!(states, [None, Some(ToHandOver), Some(HandedOver), Some(Rectified), Some(Closed)]);
}

#[test]
fn a_refusal_names_the_task_and_what_is_possible() {
    let with = |change: &dyn Fn(&mut Task)| {
        let mut task = task();
        change(&mut task);
        task.check().unwrap_err().to_string()
    };
    let table = [
        with(&|task| task.units.clear()),
        with(&|task| task.units.swap(0, 1)),
        with(&|task| task.steps.clear()),
        with(&|task| task.due = Date::constant(2024, 5, 31)),
        with(&|task| task.steps.push(TaskStep::new(TaskState::Closed, day(2), "街道"))),
        with(&|task| {
            task.steps.push(TaskStep::new(TaskState::HandedOver, Date::constant(2024, 5, 2), "街道"));
        }),
        TaskError::Step { id: task().id, from: TaskState::Rectified, to: TaskState::HandedOver }.to_string(),
        TaskError::Step { id: task().id, from: TaskState::Closed, to: TaskState::HandedOver }.to_string(),
        "2024-06/grid-station".parse::<TaskId>().unwrap_err().to_string(),
    ];
    insta::assert_snapshot!(table.join("\n"));
}
