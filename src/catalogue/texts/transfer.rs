//! Transfers of files: what cannot be transferred, and what is left of it.

texts! {
    transfer_no_name(path)
        en "{path}: this path has no name for the copy"
        ja "{path}: このパスからはコピーの名前が決まりません"
    transfer_no_name_hint
        en "name the file or directory itself"
        ja "ファイルかディレクトリそのものを指定してください"
    transfer_unsafe_name(name)
        en "the name \"{name}\" in this directory would lead out of it, and is refused"
        ja "このディレクトリにある名前「{name}」は外を指すため、受け付けません"
    transfer_partial_name
        en "names that end in .filepart are those of unfinished files, and are not transferred with a tree"
        ja "末尾が .filepart の名前は未完了のファイルのもので、ツリーの転送では送りません"
    transfer_no_fsync
        en "the server cannot be asked to write files to its disk (fsync@openssh.com), and --fsync has no effect there"
        ja "サーバーにはファイルをディスクへ書き込ませる機能 (fsync@openssh.com) がないため、--fsync は無効です"
    transfer_partial(cause, partial)
        en "{cause} (what was transferred is kept in {partial})"
        ja "{cause}（転送済みの部分は {partial} に残してあります）"
    transfer_full_hint
        en "make room, and resume"
        ja "空き容量を作ってから再開してください"
    transfer_stopped
        en "the transfer was stopped by an answer"
        ja "回答により転送を中止しました"
    transfer_is_a_directory
        en "this is a directory, and a file is to have its name"
        ja "同じ名前のディレクトリがあるため、ファイルを置けません"
    transfer_target_special
        en "this is a device, a pipe or a socket, and is not replaced by a file"
        ja "これはデバイス、パイプ、ソケットのいずれかなので、ファイルで置き換えません"
    transfer_target_special_hint
        en "name a file; tessh HOST cat FILE prints one"
        ja "ファイルの名前を指定してください。内容を表示するには tessh HOST cat FILE を使います"
    transfer_not_a_directory
        en "this is no directory, and a directory is to have its name"
        ja "同じ名前のファイルがあるため、ディレクトリを作れません"
    transfer_link_in_way
        en "this is a link, and nothing is written through links within a tree"
        ja "これはリンクです。ツリーの中ではリンクを通して書き込みません"
    transfer_not_recursive
        en "this is a directory, which is transferred only with -r"
        ja "これはディレクトリです。-r を付けたときだけ転送します"
    transfer_special
        en "this is no regular file, directory or link"
        ja "通常のファイル、ディレクトリ、リンクのいずれでもありません"
    transfer_loop
        en "this link leads to a directory that it is in"
        ja "このリンクは自分の上位のディレクトリを指しています"
    transfer_too_many(most)
        en "there are more than {most} names below this, or an endless number"
        ja "この下の名前が {most} 件を超えているか、終わりがありません"
    transfer_too_deep(most)
        en "this is more than {most} directories deep, or endlessly"
        ja "ディレクトリの深さが {most} を超えているか、終わりがありません"
    transfer_size(received, size)
        en "{received} bytes were read, but its size is {size}: it was changed meanwhile, or cut short"
        ja "{received} バイト読み取りましたが、大きさは {size} バイトです（転送中に変更されたか、途中で切れています）"
    transfer_differs
        en "the copy is not the same as the source: it was changed meanwhile, or a disk or the way is faulty"
        ja "コピーが元のファイルと一致しません（転送中に変更されたか、ディスクまたは経路に異常があります）"
    transfer_busy
        en "another transfer is writing this file"
        ja "別の転送がこのファイルに書き込み中です"
    transfer_exchanged
        en "somebody has exchanged this file while it was written"
        ja "書き込み中にこのファイルが別のものと入れ替えられました"
}
