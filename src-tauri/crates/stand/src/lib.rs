//! Test only: a strict focus, bridge and Prosody configuration built from recordings.
