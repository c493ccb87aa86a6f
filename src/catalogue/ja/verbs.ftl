# tessh sessions、tessh demo、tessh keygen。

## tessh sessions

sessions-sessions-not-part-version = sessions { $verb } はこの版にはありません
sessions-tessh-sessions-save-name = tessh sessions save NAME [user@]host で保存できます
sessions-unknown-command-sessions = 存在しないコマンドです: sessions { $other }
sessions-tessh-sessions-list-show = tessh sessions の list、show、save、remove が使えます
sessions-name-saved-session-utf = 保存済みセッションの名前は UTF-8 で指定してください
sessions-unknown-option = 存在しないオプションです: { $word }
sessions-sessions-takes-one-name = sessions { $what } には名前を 1 つ指定します
sessions-tessh-sessions-name = tessh sessions { $what } NAME のように書きます
sessions-sessions-list-takes-no = sessions list に名前は指定できません
sessions-tessh-sessions-show-name = 詳細は tessh sessions show NAME で表示できます
sessions-tessh-there-are-no = tessh: 保存済みセッションはありません。{ $hint }
sessions-tessh-line-not-known = tessh: { $line } 行目: { $key } という項目はなく、適用されません
sessions-replace-saved-session-y = 保存済みセッション '{ $shown }' ({ $there }) を置き換えますか? [y/N]{" "}
sessions-there-saved-session-already = 保存済みセッション '{ $shown }' がすでにあります
sessions-tessh-saved = tessh: '{ $value }' を { $shown_path } に保存しました
sessions-name-comes-first = 名前を先頭に書いてください
sessions-sessions-save-takes-name = sessions save には名前とホストを指定します
sessions-no-place-saved-session = { $flag } は保存済みセッションに保存できません
sessions-what-follows-before-uri = URI の ':' から '@' まではパスワードなので、保存できません
sessions-tessh-sessions-save-name-ssh = tessh sessions save NAME ssh://user@host のように書いてください
sessions-there-no-working-directory = 作業ディレクトリがありません: { $error }
sessions-remove-saved-session-y = 保存済みセッション '{ $shown }' を削除しますか? [y/N]{" "}
sessions-removing-saved-session-asked = 保存済みセッションの削除には確認が必要です
sessions-goes-without-question = { $instead } を付けると確認なしで続行します
sessions-nothing-changed = 何も変更していません

## tessh demo

demo-tessh-demo-takes-no = tessh demo に指定できるのは --serve だけです
demo-tessh-demo-needs-terminal = tessh demo には端末が必要です
demo-tessh-demo-serve-runs = tessh demo --serve でサーバーだけを動かせます
demo-no-temporary-directory = 一時ディレクトリを作成できません: { $error }
demo-ssh-server-your-own =
    このデモ専用の SSH サーバーが { $address } で動いています。

    ユーザー    { $user }
    パスワード  { $password }
    鍵          { $key }
    ホスト鍵    { $kind } { $fingerprint }

    別の画面から:
    {"  "}tessh -p { $port } -i { $key } { $user }@{ $ip }

## tessh keygen

keygen-work-broken-off = 処理が中断されました
keygen-enter-passphrase = "{ $value }" のパスフレーズ:{" "}
keygen-b-ignored-ed25519-key = -b は無視されます。Ed25519 の鍵は常に 256 ビットです
keygen-generating-public-private-key = { $kind_name } の鍵ペアを作成しています。
keygen-enter-passphrase-empty-no = パスフレーズ (なしにする場合は空):{" "}
keygen-your-identification-been-saved =
    秘密鍵を { $private } に保存しました
    公開鍵を { $public } に保存しました
    鍵のフィンガープリント:
    { $fingerprint } { $comment }
    鍵のランダムアート:
    { $picture }
keygen-enter-file-which-save = 鍵を保存するファイル
keygen-cannot-create = { $directory } を作成できません: { $error }
keygen-where-private-key-should = 秘密鍵の保存先が指定されていません
keygen-name-new-file-output = --output で新しいファイルを指定してください
keygen-certificate-inside-not-new = '{ $value }' の中の証明書は新しいファイルに入りません
keygen-your-identification-been-saved-2 = 秘密鍵を { $output } に保存しました
keygen-enter-file-which-key = 鍵のファイル
keygen-certificate-inside-which-would = '{ $name }' の中の証明書が失われてしまいます
keygen-puttygen-p-changes-passphrase = puttygen -P でパスフレーズを変更できます
keygen-puttys-format-no-rounds = -a: PuTTY の形式に bcrypt の回数はありません
keygen-leave-out = 省いてください
keygen-enter-old-passphrase = 現在のパスフレーズ:{" "}
keygen-key-comment = 鍵のコメントは '{ $comment }' です
keygen-enter-new-passphrase-empty = 新しいパスフレーズ (なしにする場合は空):{" "}
keygen-your-identification-been-saved-new = 新しいパスフレーズで秘密鍵を保存しました。
keygen-looking-primes-bits-s = { $bits } ビットの素数を探しています: { $seconds } 秒
keygen-no-key-could-made = 鍵を作成できませんでした
keygen-enter-same-passphrase-again = 同じパスフレーズをもう一度:{" "}
keygen-passphrases-do-not-match = パスフレーズが一致しません。もう一度入力してください。
keygen-really-without-passphrase-y = 本当にパスフレーズなしにしますか? (y/n){" "}
keygen-no-passphrase-agreed = パスフレーズが決まりませんでした
keygen-key-file-encrypted = 鍵ファイル '{ $file }' は暗号化されています
keygen-without-terminal-passphrase-fd = 端末がないときは --passphrase-fd でパスフレーズを渡してください
keygen-bad-passphrase-try-again = パスフレーズが違います。もう一度入力してください。
keygen-already-exists-overwrite-y =
    { $value } はすでにあります。
    上書きしますか (y/n)?{" "}
keygen-left = '{ $value }' は元のままです
keygen-no-file-named = ファイルが指定されていません
keygen-name-one-f = -f で指定してください
keygen-there-no-terminal-ask = パスフレーズを尋ねる端末がありません
keygen-passphrase-fd-gives-one = --passphrase-fd で渡すか、新しい鍵なら -N '' でパスフレーズなしにできます
keygen-cancelled-nothing-written = 取り消しました。何も書き込んでいません
keygen-not-option = { $word }: オプションではありません
keygen-name-file-f = ファイルは -f で指定してください
keygen-option = オプション -- { $letter }
keygen-option-2 = オプション --{ $value }
keygen-cannot-specify-o = { $name } と -O は同時に指定できません
keygen-new-key-written-openssh = 新しい鍵は openssh か ppk で書き込みます
keygen-leave-t-out-convert = -f の鍵を変換するには -t を省いてください
keygen-goes = { $name } は、{ $what }指定できます
keygen-o-unknown-format = -O { $value }: そのような形式はありません
keygen-openssh-ppk-public-rfc4716 = openssh、ppk、public、rfc4716、fingerprint のいずれかです
keygen-e-unknown-hash = -E { $value }: そのようなハッシュはありません
keygen-sha256-or-md5 = sha256 か md5 です
keygen-m-not-supported = -m { $value }: 対応していません
keygen-rfc4716-private-keys-pem = RFC4716 を指定してください。PEM や PKCS8 の秘密鍵は -m なしの -O で読み取れます
keygen-c-comment-no-control = -C: コメントに制御文字は使えません
keygen-c-comment-most-characters = -C: コメントは { $limit } 文字までです
keygen-file-no-name = { $name }: ファイル名が空です
keygen-not-number-takes = { $name } { $shown }: 指定できる数値ではありません
keygen-unknown = 存在しないものです: { $what }
keygen-see-tessh-keygen-help = tessh keygen --help をご覧ください
keygen-new-key-alone = 新しい鍵を作るときだけ
keygen-new-key-or-o = 新しい鍵を作るときか -O のときだけ
keygen-l-or-o-fingerprint = -l か -O fingerprint のときだけ
keygen-new-passphrase = 新しいパスフレーズ
keygen-new-key-p-or = 新しい鍵を作るとき、-p、-O のとき
keygen-o-e-i-or = -O、-e、-i、-r、-y のとき

## tessh keygen -r

keygen-sshfp-no-number = SSHFP レコードには、{ $kind } の鍵を表す番号がありません
keygen-sshfp-no-number-hint = ホスト鍵の種類は ed25519、ecdsa、rsa です
keygen-no-host-keys = このマシンの /etc/ssh にホスト鍵がありません
keygen-no-host-keys-hint = -f で鍵を指定してください
