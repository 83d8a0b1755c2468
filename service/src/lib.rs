//! The voice of Assent: the gRPC service and its binary.
