//! What is had for a while, and never stored: ephemeral resources, for clients from Terraform 1.10 and OpenTofu 1.11 on.

pub mod client_credentials;
