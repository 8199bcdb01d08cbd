//! German and English texts from the one catalogue, for the command line and errors.
