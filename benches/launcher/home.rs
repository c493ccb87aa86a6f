//! A home with as many saved sessions as are asked for, shared out among all sources in fixed parts.

use std::fmt::Write;
use std::fs;
use std::path::Path;

/// The sessions of each file of ssh_config(5) that the first one includes.
const PER_FILE: usize = 500;
/// What PuTTY writes for a session besides its host: a part of its hundreds of settings.
const SETTINGS: usize = 60;
/// The most hosts of the history that are no saved sessions.
const MOST_RECENT: usize = 100;

/// Fills a home. All names are different, so the list has exactly this many entries.
pub fn fill(home: &Path, sessions: usize) {
    let part = |percent: usize| sessions * percent / 100;
    let (teleport, config, folder) = (part(10), part(20), part(15));
    let (export, sites, recent) = (part(7), part(8), part(10).min(MOST_RECENT));
    let own = sessions - teleport - config - folder - export - sites - recent;
    for directory in
        [".config/tessh/sessions", ".ssh/config.d", ".putty/sessions", ".local/state/tessh"]
    {
        fs::create_dir_all(home.join(directory)).unwrap();
    }
    let settings = "[putty]\nfiles = [\"~/putty.reg\"]\n\n[winscp]\nfiles = [\"~/WinSCP.ini\"]\n";
    put(home, ".config/tessh/config.toml", settings);
    for number in 0..own {
        let text = format!(
            "host = \"{}\"\nport = 2222\nuser = \"admin\"\nidentity = [\"~/.ssh/id_ed25519\"]\n\
             tags = [\"rack{}\", \"prod\"]\nnote = \"behind the switch {number}\"\n",
            address(number),
            number % 40,
        );
        put(home, &format!(".config/tessh/sessions/{}.toml", name("web", number)), &text);
    }
    for number in 0..teleport {
        let text = format!(
            "host = \"{}\"\nuser = \"root\"\ntags = [\"teleport\"]\n\n[teleport]\n\
             proxy = \"teleport.example.com:443\"\ncluster = \"example\"\n",
            name("node", number),
        );
        put(home, &format!(".config/tessh/sessions/{}.toml", name("node", number)), &text);
    }
    config_files(home, config);
    for number in 0..folder {
        let mut text = format!("HostName={}\nProtocol=ssh\nPortNumber=22\n", address(number));
        (0..SETTINGS).for_each(|at| writeln!(text, "Colour{at}=187,187,{at}").unwrap());
        put(home, &format!(".putty/sessions/{}", name("putty", number)), &text);
    }
    exports(home, export, sites);
    let hosts = (0..recent).map(|number| format!("ops@{}\t1700000000\n", name("recent", number)));
    let own =
        (0..own.min(MOST_RECENT)).map(|n| format!("own:{}\t1700000000\tsession\n", name("web", n)));
    put(home, ".local/state/tessh/history", &hosts.chain(own).collect::<String>());
}

/// The hosts of ssh_config(5), some hundred in a file.
fn config_files(home: &Path, hosts: usize) {
    put(home, ".ssh/config", "Include config.d/*\n\nHost *\n  ServerAliveInterval 30\n");
    for (file, first) in (0..hosts).step_by(PER_FILE).enumerate() {
        let mut text = String::new();
        for number in first..hosts.min(first + PER_FILE) {
            let (name, address) = (name("host", number), address(number));
            let _ = writeln!(text, "Host {name}\n  HostName {address}\n  User deploy\n  Port 22\n");
        }
        put(home, &format!(".ssh/config.d/{file:03}.conf"), &text);
    }
}

/// The files that regedit and WinSCP have written.
fn exports(home: &Path, sessions: usize, sites: usize) {
    let mut text = "Windows Registry Editor Version 5.00\r\n".to_owned();
    for number in 0..sessions {
        let (name, address) = (name("reg", number), address(number));
        let _ = write!(
            text,
            "\r\n[HKEY_CURRENT_USER\\Software\\SimonTatham\\PuTTY\\Sessions\\{name}]\r\n\
             \"HostName\"=\"{address}\"\r\n\"Protocol\"=\"ssh\"\r\n\"PortNumber\"=dword:00000016\r\n",
        );
        for at in 0..10 {
            let _ = write!(text, "\"Colour{at}\"=\"187,187,{at}\"\r\n");
        }
    }
    put(home, "putty.reg", &text);
    let mut text = String::new();
    for number in 0..sites {
        let (name, address) = (name("site", number), address(number));
        let _ = write!(
            text,
            "[Sessions\\{name}]\r\nHostName={address}\r\nUserName=me\r\nFSProtocol=2\r\n\r\n"
        );
    }
    put(home, "WinSCP.ini", &text);
}

fn name(source: &str, number: usize) -> String {
    format!("{source}-{number:05}")
}

fn address(number: usize) -> String {
    format!("10.{}.{}.{}", number >> 16 & 255, number >> 8 & 255, number & 255)
}

fn put(home: &Path, file: &str, text: &str) {
    fs::write(home.join(file), text).unwrap();
}
