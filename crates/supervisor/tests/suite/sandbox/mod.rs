//! Programs that the kernel keeps from writing: what they try, as root and as an ordinary user, and what still works.

mod attempts;
mod layers;
mod protect;
mod works;
mod yard;
