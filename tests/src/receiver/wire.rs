//! A wire to an address that keeps what its callers send.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Listens as long as the process lives.
#[derive(Debug)]
pub(super) struct Wire {
    address: SocketAddr,
    sent: Arc<Mutex<Vec<u8>>>,
}

impl Wire {
    /// A wire of its own address to that one.
    pub(super) fn to(end: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let sent = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&sent);
        std::thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                let Ok(far) = TcpStream::connect(end) else { continue };
                let (Ok(near_too), Ok(far_too)) = (near.try_clone(), far.try_clone()) else { continue };
                let keep = Arc::clone(&keep);
                std::thread::spawn(move || carry(near, far, Some(&keep)));
                std::thread::spawn(move || carry(far_too, near_too, None));
            }
        });
        Self { address, sent }
    }

    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Every byte that was sent so far, connections joined.
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.sent.lock().expect("no panic while held").clone()
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, keep: Option<&Mutex<Vec<u8>>>) {
    let mut bytes = [0; 65_536];
    while let Ok(some @ 1..) = from.read(&mut bytes) {
        if let Some(keep) = keep {
            keep.lock().expect("no panic while held").extend_from_slice(&bytes[..some]);
        }
        if to.write_all(&bytes[..some]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
