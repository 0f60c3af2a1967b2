use std::time::Duration;

use crate::{Attributes, Operation, Optional, Timeouts, Value};

const ALL: [Operation; 4] =
    [Operation::Create, Operation::Read, Operation::Update, Operation::Delete];

#[test]
fn each_timeout_bounds_its_own_operation_only() {
    let otherwise = Duration::from_secs(1);
    for (bounded, name) in ["create", "read", "update", "delete"].into_iter().enumerate() {
        let timeouts = Timeouts::decode(&Value::object([(name, Value::text("1h30m"))])).unwrap();
        let found = ALL.map(|operation| timeouts.of(operation, otherwise).as_secs());
        let mut expected = [1; 4];
        expected[bounded] = 5400;
        assert_eq!(found, expected);
        assert_eq!(
            ALL.map(|operation| Optional::of(timeouts.clone())
                .of_operation(operation, otherwise)
                .as_secs()),
            expected
        );
    }
    assert_eq!(Optional::<Timeouts>::null().of_operation(Operation::Read, otherwise), otherwise);
}
