//! `text!`, `integer!` and `choice!`: a scalar in one declaration.

/// A text scalar with a checking function.
///
/// ```
/// zeebe_scalar::text! {
///     /// A name of a colour.
///     pub Colour, "lower-case letters", "red", |text| text.chars().all(|c| c.is_ascii_lowercase())
/// }
/// assert!(zeebe_scalar::parse_text::<Colour>("red").is_ok());
/// ```
#[macro_export]
macro_rules! text {
    ($(#[$meta:meta])* $vis:vis $name:ident, $rule:expr, $example:expr, |$text:ident| $check:expr) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis struct $name(String);

        impl $name {
            /// The text as it was given.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl $crate::Scalar for $name {
            const KIND: $crate::Kind = $crate::Kind::Text;
            const RULE: &'static str = $rule;
            const EXAMPLE: &'static str = $example;

            fn parse(raw: $crate::Raw) -> Result<Self, $crate::ScalarError> {
                match raw {
                    $crate::Raw::Text($text) if { let $text = $text.as_str(); $check } => Ok(Self($text)),
                    other => Err($crate::mismatch::<Self>(&other)),
                }
            }

            fn raw(&self) -> $crate::Raw {
                $crate::Raw::Text(self.0.clone())
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::ScalarError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::parse_text(text)
            }
        }

        impl ::std::convert::TryFrom<String> for $name {
            type Error = $crate::ScalarError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                $crate::parse_text(text)
            }
        }

        impl ::std::convert::From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    };
}

/// A whole number within bounds.
#[macro_export]
macro_rules! integer {
    ($(#[$meta:meta])* $vis:vis $name:ident, $repr:ty, $low:literal ..= $high:literal, $example:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis struct $name($repr);

        impl $name {
            /// The least value.
            pub const LEAST: $repr = $low;
            /// The greatest value.
            pub const GREATEST: $repr = $high;

            /// The number.
            pub const fn get(self) -> $repr {
                self.0
            }
        }

        impl $crate::Scalar for $name {
            const KIND: $crate::Kind = $crate::Kind::Integer;
            const RULE: &'static str =
                concat!("a whole number from ", stringify!($low), " to ", stringify!($high));
            const EXAMPLE: &'static str = stringify!($example);

            fn parse(raw: $crate::Raw) -> Result<Self, $crate::ScalarError> {
                match raw {
                    $crate::Raw::Integer(number) if ($low..=$high).contains(&number) => {
                        Ok(Self(<$repr>::try_from(number).map_err(|_| $crate::mismatch::<Self>(&raw))?))
                    }
                    other => Err($crate::mismatch::<Self>(&other)),
                }
            }

            fn raw(&self) -> $crate::Raw {
                $crate::Raw::Integer(i64::from(self.0))
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                write!(f, "{}", self.0)
            }
        }

        impl ::std::convert::TryFrom<i64> for $name {
            type Error = $crate::ScalarError;

            fn try_from(number: i64) -> Result<Self, Self::Error> {
                <Self as $crate::Scalar>::parse($crate::Raw::Integer(number))
            }
        }

        impl ::std::convert::From<$name> for i64 {
            fn from(value: $name) -> Self {
                i64::from(value.0)
            }
        }
    };
}

/// A closed list of words.
#[macro_export]
macro_rules! choice {
    ($(#[$meta:meta])* $vis:vis $name:ident { $first:ident = $first_word:literal $(#[$first_doc:meta])* $(, $variant:ident = $word:literal $(#[$doc:meta])*)* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name {
            $(#[$first_doc])*
            $first,
            $($(#[$doc])* $variant,)*
        }

        impl $name {
            /// Every value, in the order of the reference page.
            pub const ALL: &'static [Self] = &[Self::$first $(, Self::$variant)*];

            /// The word that stands for it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    Self::$first => $first_word,
                    $(Self::$variant => $word,)*
                }
            }
        }

        impl $crate::Scalar for $name {
            const KIND: $crate::Kind = $crate::Kind::Text;
            const RULE: &'static str = concat!("one of \"", $first_word, "\"" $(, ", \"", $word, "\"")*);
            const EXAMPLE: &'static str = $first_word;
            const WORDS: &'static [&'static str] = &[$first_word $(, $word)*];

            fn parse(raw: $crate::Raw) -> Result<Self, $crate::ScalarError> {
                match &raw {
                    $crate::Raw::Text(text) if text == $first_word => Ok(Self::$first),
                    $($crate::Raw::Text(text) if text == $word => Ok(Self::$variant),)*
                    other => Err($crate::mismatch::<Self>(other)),
                }
            }

            fn raw(&self) -> $crate::Raw {
                $crate::Raw::Text(self.as_str().to_owned())
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl ::std::convert::TryFrom<String> for $name {
            type Error = $crate::ScalarError;

            fn try_from(text: String) -> Result<Self, $crate::ScalarError> {
                $crate::parse_text(text)
            }
        }

        impl ::std::convert::From<$name> for String {
            fn from(value: $name) -> Self {
                value.as_str().to_owned()
            }
        }
    };
}
