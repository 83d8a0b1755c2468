//! The contract: every call, message and error of Assent, for servers and clients.
