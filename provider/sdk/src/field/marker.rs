//! One marker for each family of fields; see [`super::Field`].
#![expect(missing_debug_implementations, reason = "the markers are never values")]

use std::marker::PhantomData;

pub enum Scalar {}
pub enum Object {}
pub enum Float {}
pub enum Number {}
pub enum Dynamic {}
pub enum Secret {}
pub struct Knowable<M>(PhantomData<M>);
pub struct Nullable<M>(PhantomData<M>);
pub struct List<M>(PhantomData<M>);
pub struct Set<M>(PhantomData<M>);
pub struct Map<M>(PhantomData<M>);
