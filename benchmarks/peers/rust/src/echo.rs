use std::io::Read;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// TCP echo on one thread: says on which port it listens and ends when standard input does.
pub fn serve() {
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("{}", listener.local_addr().unwrap().port());
        loop {
            let (connection, _) = listener.accept().await.unwrap();
            tokio::spawn(echo(connection));
        }
    });
}

async fn echo(mut connection: TcpStream) {
    connection.set_nodelay(true).unwrap();
    let mut buffer = [0; 4096];
    while let Ok(length) = connection.read(&mut buffer).await {
        if length == 0 || connection.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}
