//! The scripts that teach bash, zsh and fish to complete. What is completed, the program says
//! itself: `tessh completions --words SHELL -- WORD...` (`cli/verbs/complete`).

use crate::error::{Error, Kind, Result};
use crate::say;

/// The completions for a shell: `bash`, `zsh` or `fish`.
///
/// # Errors
/// [`Kind::Usage`] for any other word.
pub fn completions(shell: &str) -> Result<&'static str> {
    match shell {
        "bash" => Ok(BASH),
        "zsh" => Ok(ZSH),
        "fish" => Ok(FISH),
        _ => Err(Error::new(Kind::Usage, say!(completions_for_what))
            .hint(say!(completions_for_what_hint))),
    }
}

const BASH: &str = r#"# bash completion for tessh
_tessh() {
    local line word
    local -a files=()
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
            +files)
                while IFS= read -r word; do
                    files+=("$word")
                done < <(compgen -f -- "${COMP_WORDS[COMP_CWORD]}")
                ;;
            '='*)
                word=${line%%$'\t'*}
                word=${word#=}
                # Within quotes nothing is quoted once more.
                [[ ${COMP_WORDS[COMP_CWORD]} == [\"\']* ]] || word=$(printf %q "$word")
                COMPREPLY+=("$word")
                [[ $word == *[=:] ]] && compopt -o nospace 2>/dev/null
                ;;
        esac
    done < <(tessh completions --words bash -- "${COMP_WORDS[@]:0:COMP_CWORD+1}" 2>/dev/null)
    if ((${#COMPREPLY[@]} == 0)); then
        # bash quotes files itself, and adds a slash to directories.
        ((${#files[@]})) && COMPREPLY=("${files[@]}") && compopt -o filenames 2>/dev/null
        return
    fi
    for word in "${files[@]}"; do
        COMPREPLY+=("$(printf %q "$word")")
    done
}
complete -F _tessh tessh
"#;

const ZSH: &str = r#"#compdef tessh
# zsh completion for tessh
_tessh() {
    local line word doc files=0
    local -a whole whole_docs open open_docs
    while IFS= read -r line; do
        case $line in
            +files) files=1 ;;
            '='*)
                word=${${line%%$'\t'*}#=}
                doc=${line#*$'\t'}
                [[ -n $doc ]] && doc="$word  -- $doc" || doc=$word
                if [[ $word == *[=:] ]]; then
                    open+=("$word"); open_docs+=("$doc")
                else
                    whole+=("$word"); whole_docs+=("$doc")
                fi
                ;;
        esac
    done < <(tessh completions --words zsh -- "${(@Q)words[1,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)
    (( $#whole )) && compadd -l -d whole_docs -a whole
    (( $#open )) && compadd -S '' -l -d open_docs -a open
    (( files )) && _files
}
if [[ $funcstack[1] == _tessh ]]; then
    _tessh "$@"
else
    compdef _tessh tessh
fi
"#;

const FISH: &str = r#"# fish completion for tessh
function __tessh_complete
    set -l current (commandline -ct)
    test -n "$current"; or set current ''
    # A quote that is still open is closed for the look-up.
    set -l word (string unescape -- $current; or string unescape -- $current"'"; or string unescape -- $current'"')
    test -n "$word"; or set word ''
    for line in (tessh completions --words fish -- (commandline -opc) $word 2>/dev/null)
        switch $line
            case '+files'
                __fish_complete_path $current
            case '=*'
                string sub -s 2 -- $line
        end
    end
end
complete -c tessh -f -a '(__tessh_complete)'
"#;
