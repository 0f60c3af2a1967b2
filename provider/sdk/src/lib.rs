//! See the workspace's design.
