//! The encrypted store on the user's device: key slots, chat, search, durability.
